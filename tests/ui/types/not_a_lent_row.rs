use influx_core::RowFamily;

struct Cpu;

fn lend<T: RowFamily>() {}

fn main() {
    lend::<Cpu>();
}
