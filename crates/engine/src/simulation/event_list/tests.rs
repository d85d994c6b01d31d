use super::*;
use crate::random::{KeyedRng, Purpose};

#[test]
fn same_instant_follows_rank_then_order_of_scheduling() {
    let mut c = EventList::new(1, 3, 0.05);
    c.schedule(Entity::Source(0), 1.0, Rank::Arrive);
    c.schedule(Entity::Request(7), 1.0, Rank::Finish);
    c.schedule(Entity::Roster(2), 1.0, Rank::Roster);
    c.schedule(Entity::Request(3), 1.0, Rank::Finish);
    c.schedule(Entity::Request(4), 0.5, Rank::Reach);
    let order: Vec<Entity> = std::iter::from_fn(|| c.pop().map(|p| c.entity(p.1))).collect();
    assert_eq!(
        order,
        [Entity::Request(4), Entity::Request(7), Entity::Request(3), Entity::Roster(2), Entity::Source(0)]
    );
}

/// Random schedules, moves and cancellations against a sorted list, in new memory and in memory that held events before.
#[test]
fn agrees_with_a_sorted_list() {
    let mut c = EventList::new(1, 3, 0.05);
    agree(&mut c);
    for i in 0..60 {
        // Due, near, far and beyond.
        c.schedule(Entity::Request(i), 1e6 + poolwise_math::powi(f64::from(i), 6), Rank::Reach);
    }
    c.restart(2, 5, 0.05);
    agree(&mut c);
    c.schedule(Entity::Roster(0), 1e6, Rank::Roster);
    c.retire();
    agree(&mut EventList::new(1, 3, 0.05));
}

fn agree(c: &mut EventList) {
    let mut rng = KeyedRng::new(5, 0, 0, Purpose::Time);
    let mut list: Vec<(f64, u64, u32)> = Vec::new();
    let mut sequence = 0;
    let mut now = 0.0;
    for _ in 0..20_000 {
        let i = (rng.bits() % 60) as u32;
        match rng.bits() % 4 {
            0 | 1 => {
                // Near and far, often at the same instant; never before the present.
                let reach = match rng.bits() % 20 {
                    0 => 1_000_000_000,
                    1 | 2 => 1_000_000,
                    _ => 300,
                };
                let time = now + (rng.bits() % reach) as f64;
                sequence += 1;
                list.retain(|e| e.2 != i);
                list.push((time, sequence, i));
                c.schedule(Entity::Request(i), time, Rank::Reach);
            }
            2 => {
                list.retain(|e| e.2 != i);
                c.cancel(Entity::Request(i));
            }
            _ => {
                list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let expected = (!list.is_empty()).then(|| list.remove(0));
                let got = c.pop().map(|(t, id)| (t, c.entity(id)));
                assert_eq!(got, expected.map(|e| (e.0, Entity::Request(e.2))));
                now = got.map_or(now, |g| g.0);
            }
        }
    }
}
