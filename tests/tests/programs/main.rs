//! Small programs as people ask for them, each as a user would write it from README.md and the documentation alone, on a real
//! InfluxDB 1.x. `INFLUX_V1_URL` names another server than the one that is started for them.

mod dashboards;
mod export;
mod faults;
mod filters;
mod reuse;
mod shapes;
mod upkeep;
mod writing;

use influx_client::Client;

/// Three hosts, three hours, one value each 20 minutes: `a` has 0.1 to 0.9, `b` 0.2 more at the same times, `c` stops after one hour.
async fn write_cpu(client: &Client) -> influx_client::Result<()> {
    let mut lines = String::new();
    for i in 0..9 {
        let seconds = 1_700_006_400 + i * 1_200;
        let usage = (i + 1) as f64 / 10.0;
        lines += &format!("cpu,host=a,region=eu usage={usage} {seconds}\n");
        lines += &format!("cpu,host=b,region=eu usage={} {seconds}\n", usage + 0.2);
        if i < 3 {
            lines += &format!("cpu,host=c,region=us usage={} {seconds}\n", usage + 0.4);
        }
    }
    client.write_lines(lines).precision(influx_client::Precision::S).await?;
    Ok(())
}
