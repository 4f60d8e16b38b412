//! Runnable examples of influx-client: see the folder `examples/`.
