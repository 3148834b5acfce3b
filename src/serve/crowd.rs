//! Who is connected: the caps in all and per visitor, and who has to leave when one is reached.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::limits::Limits;
use super::pulse::{Pulse, Standing};

/// Connections counted together: one IPv4 address or one IPv6 /64, which one household gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Visitor {
    V4(Ipv4Addr),
    V6([u16; 4]),
}

impl From<IpAddr> for Visitor {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6([a, b, c, d])
            }
        }
    }
}

/// All open connections.
#[derive(Debug)]
pub(super) struct Crowd {
    max: usize,
    max_per_visitor: usize,
    kill: CancellationToken,
    seats: Mutex<Seats>,
}

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    taken: HashMap<u64, Seat>,
    per_visitor: HashMap<Visitor, usize>,
}

#[derive(Debug)]
struct Seat {
    /// `None` for a proxy, which brings everybody.
    visitor: Option<Visitor>,
    pulse: Arc<Pulse>,
    leave: CancellationToken,
}

/// A place for one connection; dropping it frees the place.
#[derive(Debug)]
pub(super) struct Guest {
    crowd: Arc<Crowd>,
    number: u64,
    /// What the connection is doing.
    pub(super) pulse: Arc<Pulse>,
    /// Cancelled when the connection must close at once.
    pub(super) leave: CancellationToken,
}

impl Crowd {
    /// An empty crowd; cancelling `kill` sends everyone away.
    pub(super) fn new(limits: &Limits, kill: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            max: limits.max_connections,
            max_per_visitor: limits.max_connections_per_visitor,
            kill,
            seats: Mutex::default(),
        })
    }

    /// A place for a connection from `address`. When a cap is reached, the oldest connection
    /// without a complete request makes room, else the oldest that asks nothing now; when all are
    /// busy there is no place. A proxy, which brings everybody, has no address here.
    pub(super) fn admit(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Guest> {
        let visitor = address.map(Visitor::from);
        let mut seats = self.seats();
        if let Some(visitor) = visitor {
            seats.room_for(visitor, self.max_per_visitor)?;
        }
        if seats.taken.len() >= self.max {
            seats.make_room(|_| true)?;
        }
        let number = seats.next;
        seats.next += 1;
        let seat = Seat {
            visitor,
            pulse: Pulse::new(),
            leave: self.kill.child_token(),
        };
        let guest = Guest {
            crowd: Arc::clone(self),
            number,
            pulse: Arc::clone(&seat.pulse),
            leave: seat.leave.clone(),
        };
        seats.taken.insert(number, seat);
        if let Some(visitor) = visitor {
            *seats.per_visitor.entry(visitor).or_default() += 1;
        }
        Some(guest)
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Guest {
    /// Counts this connection of a proxy with those of the client that it brings. `None` when that
    /// client has too many, or the place is gone.
    pub(super) fn comes_from(&self, address: IpAddr) -> Option<()> {
        let visitor = Visitor::from(address);
        let mut seats = self.crowd.seats();
        seats.room_for(visitor, self.crowd.max_per_visitor)?;
        let seat = seats.taken.get_mut(&self.number)?;
        if seat.visitor.replace(visitor).is_none() {
            *seats.per_visitor.entry(visitor).or_default() += 1;
        }
        Some(())
    }
}

impl Seats {
    fn room_for(&mut self, visitor: Visitor, max: usize) -> Option<()> {
        if self.per_visitor.get(&visitor).copied().unwrap_or(0) >= max {
            self.make_room(|seat| seat.visitor == Some(visitor))?;
        }
        Some(())
    }

    fn make_room(&mut self, among: impl Fn(&Seat) -> bool) -> Option<()> {
        let (_, number) = self
            .taken
            .iter()
            .filter(|(_, seat)| among(seat))
            .map(|(number, seat)| (seat.pulse.standing(), *number))
            .filter(|(standing, _)| *standing != Standing::Busy)
            .min()?;
        self.free(number);
        Some(())
    }

    fn free(&mut self, number: u64) {
        let Some(seat) = self.taken.remove(&number) else {
            return;
        };
        seat.leave.cancel();
        let Some(visitor) = seat.visitor else { return };
        if let Some(count) = self.per_visitor.get_mut(&visitor) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.per_visitor.remove(&visitor);
            }
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.crowd.seats().free(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pulse::Turn;
    use super::*;

    fn crowd(max: usize, per_visitor: usize) -> Arc<Crowd> {
        let limits = Limits {
            max_connections: max,
            max_connections_per_visitor: per_visitor,
            ..Limits::default()
        };
        Crowd::new(&limits, CancellationToken::new())
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn admit(crowd: &Arc<Crowd>, address: &str) -> Option<Guest> {
        crowd.admit(Some(ip(address)))
    }

    #[test]
    fn the_oldest_without_a_request_makes_room() {
        let crowd = crowd(3, 3);
        let asked = admit(&crowd, "10.0.0.1").unwrap();
        drop(Turn::begin(&asked.pulse));
        let first = admit(&crowd, "10.0.0.2").unwrap();
        let second = admit(&crowd, "10.0.0.3").unwrap();
        let third = admit(&crowd, "10.0.0.4").unwrap();
        assert!(first.leave.is_cancelled());
        assert!(!asked.leave.is_cancelled());
        assert!(!second.leave.is_cancelled());
        assert!(!third.leave.is_cancelled());
    }

    #[test]
    fn no_place_when_all_are_busy_and_a_free_place_after_one_leaves() {
        let crowd = crowd(1, 1);
        let busy = admit(&crowd, "10.0.0.1").unwrap();
        let turn = Turn::begin(&busy.pulse);
        assert!(admit(&crowd, "10.0.0.2").is_none());
        drop(turn);
        drop(busy);
        assert!(admit(&crowd, "10.0.0.2").is_some());
        assert!(crowd.seats().taken.is_empty());
        assert!(crowd.seats().per_visitor.is_empty());
    }

    #[test]
    fn one_visitor_pays_for_its_own_crowd() {
        let crowd = crowd(100, 2);
        let other = admit(&crowd, "2001:db8:0:1::1").unwrap();
        let first = admit(&crowd, "2001:db8:0:2::1").unwrap();
        let second = admit(&crowd, "2001:db8:0:2:ffff::9").unwrap();
        let third = admit(&crowd, "2001:db8:0:2::3").unwrap();
        assert!(first.leave.is_cancelled(), "the /64 is one visitor");
        assert!(!other.leave.is_cancelled());
        assert!(!second.leave.is_cancelled());
        assert!(!third.leave.is_cancelled());
    }

    #[test]
    fn a_proxy_brings_many_but_each_client_has_its_own_cap() {
        let crowd = crowd(100, 2);
        let many: Vec<Guest> = (0..5).map(|_| crowd.admit(None).unwrap()).collect();
        assert!(many.iter().all(|guest| !guest.leave.is_cancelled()));
        let client = ip("10.0.0.1");
        for guest in &many[..3] {
            guest.comes_from(client).unwrap();
        }
        assert!(many[0].leave.is_cancelled(), "the client has two");
        assert!(many[1..].iter().all(|guest| !guest.leave.is_cancelled()));
        drop(many);
        assert!(crowd.seats().taken.is_empty());
        assert!(crowd.seats().per_visitor.is_empty());
    }

    #[test]
    fn an_address_wrapped_in_ipv6_is_the_same_visitor() {
        assert_eq!(
            Visitor::from(ip("::ffff:10.0.0.1")),
            Visitor::from(ip("10.0.0.1"))
        );
    }
}
