//! The derive macros of `influx-core` and `influx-client`. Depend on one of those instead: they re-export the macros
//! beside the traits of the same names.
