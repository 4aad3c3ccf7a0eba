//! What can go wrong in sound calls: the system has no more of something.

use std::fmt;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// No memory for so many floats; none at all when their number cannot be told.
    Memory { floats: Option<usize> },
    /// The system starts no further thread.
    Thread,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Failure::Memory { floats: Some(floats) } => write!(out, "out of memory: no {} MB are free", floats >> 18),
            Failure::Memory { floats: None } => write!(out, "out of memory: more is wanted than can be addressed"),
            Failure::Thread => write!(out, "the system starts no further thread"),
        }
    }
}
