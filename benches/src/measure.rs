//! Times in rounds, and times and allocations of all encoders on one shape.

use std::rc::Rc;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::allocations;
use crate::data::{Points, Shape};
use crate::encoder::{Body, Encoder};

/// What was measured of one encoder on one shape, per point.
pub struct Measured {
    pub nanos: f64,
    /// Time as a multiple of the first encoder's.
    pub ratio: f64,
    pub allocations: f64,
}

/// The time that this thread has run on a processor: what others do on the machine counts little.
pub fn thread_time() -> Duration {
    time_of(ClockId::ThreadCPUTime)
}

/// The same for all threads of the process.
pub fn process_time() -> Duration {
    time_of(ClockId::ProcessCPUTime)
}

fn time_of(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// Runs each encoder once per round, in an order that changes from round to round. The ratio is the median over the rounds of the
/// ratio within a round; the time is the median over the rounds, too.
pub fn measure(
    encoders: &mut [Box<dyn Encoder>],
    shape: Shape,
    count: usize,
    rounds: usize,
) -> Vec<Measured> {
    let points = Rc::new(Points::new(shape, count));
    let mut bodies: Vec<Body> = encoders.iter().map(|_| Body::default()).collect();
    // for times far above the clock's resolution
    let repeats = (20_000 / count).max(1);
    let mut allocations = Vec::new();
    for (encoder, body) in encoders.iter_mut().zip(&mut bodies) {
        encoder.prepare(&points);
        // the first run lets buffers grow
        run(&mut **encoder, body, 1);
        let before = allocations::count();
        run(&mut **encoder, body, 1);
        allocations.push((allocations::count() - before) as f64 / count as f64);
    }
    let times = interleaved(encoders.len(), rounds, |at| {
        let time = run(&mut *encoders[at], &mut bodies[at], repeats);
        time.as_nanos() as f64 / (repeats * count) as f64
    });
    let ratios = ratios(&times);
    let measured = times.into_iter().zip(ratios).zip(allocations);
    measured
        .map(|((times, ratio), allocations)| Measured { nanos: median(times), ratio, allocations })
        .collect()
}

/// Runs each contender once per round, in an order that changes from round to round. Gives what `run` gave, by contender and round.
pub fn interleaved<T>(contenders: usize, rounds: usize, mut run: impl FnMut(usize) -> T) -> Vec<Vec<T>> {
    let mut results: Vec<Vec<T>> = (0..contenders).map(|_| Vec::new()).collect();
    let mut order: Vec<usize> = (0..contenders).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..rounds {
        shuffle(&mut order, &mut random);
        for &at in &order {
            results[at].push(run(at));
        }
    }
    results
}

/// The median over the rounds of each contender's time as a multiple of the first contender's in the same round.
pub fn ratios(times: &[Vec<f64>]) -> Vec<f64> {
    let ratio = |own: &Vec<f64>| median(own.iter().zip(&times[0]).map(|(own, first)| own / first).collect());
    times.iter().map(ratio).collect()
}

fn run(encoder: &mut dyn Encoder, body: &mut Body, repeats: usize) -> Duration {
    let mut total = Duration::ZERO;
    for _ in 0..repeats {
        body.buffer.clear();
        let start = thread_time();
        encoder.encode(body);
        total += thread_time() - start;
        std::hint::black_box(body.buffer.as_slice());
    }
    total
}

fn shuffle(order: &mut [usize], random: &mut u64) {
    for last in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(last, (*random % (last as u64 + 1)) as usize);
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Memory that was freed in small pieces is put in order by the allocator when the next large piece is asked for: here, instead of
/// within the time of the next contender.
pub fn settle() {
    for _ in 0..500 {
        drop(std::hint::black_box(Vec::<u8>::with_capacity(100 << 10)));
    }
}
