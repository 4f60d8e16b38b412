use influx_core::LineProtocol;

struct Cpu {
    _usage: f64,
}

fn main() {
    let mut writer = influx_core::LineWriter::new(influx_core::Dialect::V1);
    let _ = writer.write(&Cpu { _usage: 0.5 });
    let _: &dyn LineProtocol;
}
