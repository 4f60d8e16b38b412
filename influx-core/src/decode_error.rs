//! What can go wrong while a result is read.
