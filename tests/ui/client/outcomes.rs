use influx_client::{Client, OwnedRow};

enum Failed {}

fn main() {
    let client = Client::v1("http://localhost:8086").build().unwrap();
    let query = || client.influxql("SELECT * FROM cpu");
    let _ = query().try_for_each_row::<OwnedRow, _>(|row| row.values().is_empty());
    let _ = query().try_for_each_row::<OwnedRow, _>(|_| Ok::<(), Failed>(()));
}
