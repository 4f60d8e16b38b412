//! The row model that all sources share.
