//! Whose fault it is, the request's or its lines', when the database refuses in words that nobody knows. No I/O.
//!
//! The lines are halved until one of them is alone. Is the one behind it refused so, too, it is not the lines: nothing more is asked,
//! and all waits. The words are not compared: those of a gateway carry the number of the request.

/// What is to be done about the next part of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    /// It goes in halves.
    Split,
    /// The part behind it is sent, and [`Doubt::behind`] is told.
    TryBehind,
    /// Its line is at fault.
    Reject,
    /// The request is at fault.
    Wait,
}

/// The doubt about a batch.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    /// Unknown words were heard.
    heard: bool,
    /// A part was taken since then: they concern lines.
    passed: bool,
    /// They concern the request.
    blamed: bool,
}

impl Doubt {
    /// A part of `lines` lines was refused in unknown words; `last`: no part is behind it.
    pub(super) fn refused(&mut self, lines: usize, last: bool) -> Judged {
        // what was taken before says nothing of them
        self.passed &= std::mem::replace(&mut self.heard, true);
        match (self.blamed, lines) {
            (true, _) => Judged::Wait,
            (false, 2..) => Judged::Split,
            (false, _) if !last => Judged::TryBehind,
            (false, _) if self.passed => Judged::Reject,
            (false, _) => self.blame(),
        }
    }

    /// What the part behind got: whether it was refused in unknown words, too, and how many lines it has.
    pub(super) fn behind(&mut self, refused: bool, lines: usize) -> Judged {
        match refused {
            false => Judged::Reject,
            // a line further behind may be at fault, too; but that is believed once
            true if lines > 1 && std::mem::take(&mut self.passed) => Judged::Reject,
            true => self.blame(),
        }
    }

    /// A part was taken.
    pub(super) fn passed(&mut self) {
        (self.passed, self.blamed) = (true, false);
    }

    fn blame(&mut self) -> Judged {
        self.blamed = true;
        Judged::Wait
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Delivers lines to a server that refuses requests with a bad line, or all of them, in one text; gives what is rejected, what
    /// waits in the end, and the number of requests.
    fn deliver(bad: &[bool], outage: bool) -> (Vec<usize>, usize, usize) {
        let refuses = |part: &[usize]| outage || part.iter().any(|line| bad[*line]);
        let mut parts = std::collections::VecDeque::from([(0..bad.len()).collect::<Vec<_>>()]);
        let (mut doubt, mut rejected, mut requests) = (Doubt::default(), Vec::new(), 0);
        while let Some(part) = parts.front().cloned() {
            requests += 1;
            if !refuses(&part) {
                parts.pop_front();
                doubt.passed();
                continue;
            }
            let judged = match doubt.refused(part.len(), parts.len() == 1) {
                Judged::TryBehind => {
                    requests += 1;
                    let behind = &parts[1];
                    doubt.behind(refuses(behind), behind.len())
                }
                judged => judged,
            };
            match judged {
                Judged::Split => {
                    parts.pop_front();
                    let (left, right) = part.split_at(part.len() / 2);
                    parts.push_front(right.to_vec());
                    parts.push_front(left.to_vec());
                }
                Judged::Reject => {
                    rejected.extend(part);
                    parts.pop_front();
                }
                Judged::Wait => break,
                Judged::TryBehind => unreachable!("it was tried"),
            }
        }
        (rejected, parts.iter().map(Vec::len).sum(), requests)
    }

    #[test]
    fn a_request_at_fault_costs_few_requests_and_no_line() {
        for lines in [1, 2, 3, 1_000, 5_000] {
            let (rejected, waits, requests) = deliver(&vec![false; lines], true);
            assert_eq!((rejected.len(), waits), (0, lines));
            assert!(requests <= 16, "{requests}");
        }
    }

    #[test]
    fn one_line_at_fault_is_found_wherever_it_is() {
        for lines in 2..40 {
            for at in 0..lines {
                let mut bad = vec![false; lines];
                bad[at] = true;
                let (rejected, waits, _) = deliver(&bad, false);
                assert_eq!((rejected, waits), (vec![at], 0), "{at} of {lines}");
            }
        }
    }

    proptest! {
        /// A good line is never rejected, whatever else is refused.
        #[test]
        fn only_bad_lines_are_rejected(bad in prop::collection::vec(prop::bool::weighted(0.1), 1..60)) {
            let (rejected, waits, _) = deliver(&bad, false);
            prop_assert!(rejected.iter().all(|line| bad[*line]));
            prop_assert!(waits > 0 || rejected.len() == bad.iter().filter(|bad| **bad).count());
        }
    }
}
