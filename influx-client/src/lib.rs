//! A typed client for InfluxDB 1.x, 2.x and 3.x.
