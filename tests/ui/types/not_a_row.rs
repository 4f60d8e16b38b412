use influx_core::FromRow;

struct Cpu;

fn read<T: for<'r> FromRow<'r>>() {}

fn main() {
    read::<Cpu>();
}
