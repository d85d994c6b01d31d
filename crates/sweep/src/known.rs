//! Numbers for ids in the order in which they are first met.

/// Ids that were met, in a table of open addressing: an id is taken from a cryptographic hash, so that its own bits say where it goes.
/// 16 bytes for each id, and four to eleven for each that there may be.
pub(crate) struct KnownIds {
    ids: Vec<u128>,
    /// Numbers of ids; [`FREE`] where there is none.
    places: Vec<u32>,
}

const FREE: u32 = u32::MAX;

impl KnownIds {
    /// With places for so many.
    pub(crate) fn with_room(most: usize) -> Self {
        Self { ids: Vec::new(), places: vec![FREE; (most + most / 3 + 1).next_power_of_two()] }
    }

    /// The number of an id; the next one where it was not met before.
    pub(crate) fn number(&mut self, id: u128) -> u32 {
        let mask = self.places.len() - 1;
        let mut at = id as usize & mask;
        loop {
            match self.places[at] {
                FREE => {
                    let next = self.ids.len() as u32;
                    self.places[at] = next;
                    self.ids.push(id);
                    return next;
                }
                known if self.ids[known as usize] == id => return known,
                _ => at = (at + 1) & mask,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_the_number_of_their_first_time() {
        // All begin at the same place; the first and the last differ in their upper half alone.
        let ids = [7, 7 + 16, 7 + 32, 7 | 1 << 100];
        let mut known = KnownIds::with_room(6);
        let numbers = |known: &mut KnownIds| ids.map(|id| known.number(id));
        assert_eq!(numbers(&mut known), [0, 1, 2, 3]);
        assert_eq!(numbers(&mut known), [0, 1, 2, 3]);
        assert_eq!([known.number(9), known.number(7)], [4, 0]);
    }
}
