use influx_client::{Client, OwnedRow};

struct Load;

fn main() {
    let client = Client::v1("http://localhost:8086").build().unwrap();
    let query = || client.influxql("SELECT * FROM cpu; SELECT * FROM mem");
    let _ = query().fetch_statements::<OwnedRow>();
    let _ = query().fetch_statements::<(OwnedRow, Load)>();
}
