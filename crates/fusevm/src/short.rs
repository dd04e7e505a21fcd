//! Short texts as numbers: by loads that overlap, instead of a loop or a call.

/// At most 16 bytes as a little-endian number.
#[inline(always)]
pub(crate) fn pack(bytes: &[u8]) -> u128 {
    let len = bytes.len();
    debug_assert!(len <= 16);
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
        return u128::from(first) | u128::from(last.unbounded_shr(8 * (16 - len) as u32)) << 64;
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let (first, last) = (u32::from_le_bytes(*first), u32::from_le_bytes(*last));
        return u128::from(u64::from(first) | (u64::from(last) >> (8 * (8 - len))) << 32);
    }
    // Of three bytes or fewer the first, the middle and the last are all.
    let byte = |at: usize| bytes.get(at).map_or(0, |byte| u32::from(*byte) << (8 * at));
    u128::from(byte(0) | byte(len / 2) | byte(len.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::pack;

    #[test]
    fn each_byte_has_its_place() {
        let text: Vec<u8> = (1..=16).collect();
        for len in 0..=16 {
            let mut bytes = [0; 16];
            bytes[..len].copy_from_slice(&text[..len]);
            assert_eq!(pack(&text[..len]), u128::from_le_bytes(bytes), "{len}");
        }
    }
}
