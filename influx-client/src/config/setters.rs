//! The setters of writes, written once: for a client, a write, and a batch writer.

/// Setters for a type whose field `writes` has [`WriteSettings`](crate::config::writes::WriteSettings). The text says whose writes
/// they are about; comments before a setter's name are added to its documentation.
macro_rules! write_setters {
    ($of:literal: $($(#[$more:meta])* $setter:ident)*) => {
        $($crate::config::setters::write_setters!(@$setter $of, $(#[$more])*);)*
    };
    (@database $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("The database of ", $of, ".")]
        $(#[$more])*
        pub fn database(mut self, name: impl Into<String>) -> Self {
            self.writes.database(name.into());
            self
        }
    };
    (@retention_policy $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("The retention policy of ", $of, "; without it the database's default.")]
        $(#[$more])*
        pub fn retention_policy(mut self, name: impl Into<String>) -> Self {
            self.writes.retention_policy(name.into());
            self
        }
    };
    (@bucket $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("The bucket of ", $of, ", by name or id; for clients of 2.x.")]
        $(#[$more])*
        pub fn bucket(mut self, name: impl Into<String>) -> Self {
            self.writes.bucket(name.into());
            self
        }
    };
    (@org $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("The organization of ", $of, ", by name or id; for clients of 2.x.")]
        $(#[$more])*
        pub fn org(mut self, name: impl Into<String>) -> Self {
            self.writes.org(name.into());
            self
        }
    };
    (@precision $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("The unit of the timestamps of ", $of, "; nanoseconds where nobody says another.")]
        /// Finer parts of a timestamp are cut off by floor division. Raw lines say by it what unit their timestamps have.
        ///
        /// [`Precision::Us`](influx_core::Precision::Us) is written to 1.x as nanoseconds, uncut, as its servers disagree on that
        /// unit's name.
        $(#[$more])*
        pub fn precision(mut self, precision: influx_core::Precision) -> Self {
            self.writes.config.precision = precision;
            self
        }
    };
    (@nan $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("What becomes of floats of ", $of, " that are NaN or infinite,")]
        /// which line protocol cannot carry; default [`Nan::Error`](influx_core::Nan::Error). With
        /// [`Nan::Skip`](influx_core::Nan::Skip) the field is left out of its point; a point that has no other field is an error.
        /// A field with `nan = "skip"` in its struct is skipped in any case.
        ///
        /// ```
        /// use influx_client::{Client, Nan};
        /// let client = Client::v1("http://localhost:8086").nan(Nan::Skip).build()?;
        /// # Ok::<(), influx_client::Error>(())
        /// ```
        $(#[$more])*
        pub fn nan(mut self, nan: influx_core::Nan) -> Self {
            self.writes.config.nan = nan;
            self
        }
    };
    (@untimed $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("What becomes of points of ", $of, " without a timestamp;")]
        /// default [`Untimed::Stamp`](crate::Untimed::Stamp).
        ///
        /// ```
        /// use influx_client::{Client, Untimed};
        /// let client = Client::v1("http://localhost:8086").untimed(Untimed::Refuse).build()?;
        /// # Ok::<(), influx_client::Error>(())
        /// ```
        $(#[$more])*
        pub fn untimed(mut self, untimed: crate::config::times::Untimed) -> Self {
            self.writes.config.untimed = untimed;
            self
        }
    };
    (@same_time $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("What becomes of points of ", $of, " that have one series and one time and overwrite one another;")]
        /// default [`SameTime::Refuse`](crate::SameTime::Refuse). All points of a [`write`](crate::Client::write) are compared, and
        /// those of one request of a [`write_iter`](crate::Client::write_iter). A batch writer sends them, and tells of them:
        /// [`BatchEvent::Written`](crate::batch::BatchEvent::Written).
        ///
        /// ```
        /// use influx_client::{Client, SameTime};
        /// let client = Client::v1("http://localhost:8086").same_time(SameTime::Overwrite).build()?;
        /// # Ok::<(), influx_client::Error>(())
        /// ```
        $(#[$more])*
        pub fn same_time(mut self, same_time: crate::config::times::SameTime) -> Self {
            self.writes.config.same_time = same_time;
            self
        }
    };
    (@check_lines $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("Whether raw lines of ", $of, " are judged as points are before they are sent:")]
        /// what servers would refuse, drop or store as something else is an error, with the number of the line. Default yes; it
        /// costs less than sending.
        ///
        /// ```
        /// let client = influx_client::Client::v1("http://localhost:8086").check_lines(false).build()?;
        /// # Ok::<(), influx_client::Error>(())
        /// ```
        $(#[$more])*
        pub fn check_lines(mut self, check: bool) -> Self {
            self.writes.config.check_lines = check;
            self
        }
    };
    (@consistency $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("How many nodes of an Enterprise cluster must store ", $of, ".")]
        $(#[$more])*
        pub fn consistency(mut self, consistency: crate::config::writes::Consistency) -> Self {
            self.writes.consistency(consistency);
            self
        }
    };
    (@gzip $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("Whether the bodies of ", $of, " are compressed (gzip, level 1).")]
        /// Default: not on this machine, over Unix sockets and to private addresses, where it costs more than it saves; yes
        /// elsewhere. Names other than `localhost` count as elsewhere.
        $(#[$more])*
        pub fn gzip(mut self, gzip: bool) -> Self {
            self.writes.config.gzip = Some(gzip);
            self
        }
    };
    (@default_tag $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("A tag for every point of ", $of, "; a point's own tag of the same key wins.")]
        /// Raw lines are not changed.
        ///
        /// ```
        /// use influx_client::Client;
        /// assert!(Client::v1("http://localhost:8086").default_tag("host", "a").build().is_ok());
        /// let error = Client::v1("http://localhost:8086").default_tag("host", "a\nb").build().unwrap_err();
        /// assert!(error.is_config());
        /// ```
        $(#[$more])*
        pub fn default_tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
            self.writes.default_tag(key.into(), value.into());
            self
        }
    };
    (@batch_points $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("Most points in one request of ", $of, ";")]
        /// larger writes are split.
        $(#[$more])*
        pub fn batch_points(mut self, points: usize) -> Self {
            self.writes.batch_points(points);
            self
        }
    };
    (@batch_bytes $of:literal, $(#[$more:meta])*) => {
        #[doc = concat!("Most bytes of lines in one request of ", $of, ", before compression;")]
        /// larger writes are split, and a single line that is longer goes alone. The servers' own limit is 25,000,000 bytes unless
        /// configured.
        $(#[$more])*
        pub fn batch_bytes(mut self, bytes: usize) -> Self {
            self.writes.batch_bytes(bytes);
            self
        }
    };
}
pub(crate) use write_setters;
