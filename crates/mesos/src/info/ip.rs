//! The number `MasterInfo.ip`.

use core::net::Ipv4Addr;

/// The number that Mesos writes for an address: its four bytes in network order, read as an integer of
/// the *writer's* byte order (Mesos `master/master.cpp`, MESOS-1201). Every machine that Mesos runs on
/// is little-endian, so the first byte of the address is the lowest of the number.
///
/// ```
/// use tenure_mesos::info::ip_to_number;
///
/// assert_eq!(ip_to_number([10, 10, 1, 105].into()), 1_761_675_786);
/// ```
pub fn ip_to_number(ip: Ipv4Addr) -> u32 {
    u32::from_le_bytes(ip.octets())
}

/// The address of such a number.
pub fn ip_from_number(number: u32) -> Ipv4Addr {
    Ipv4Addr::from(number.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_of_the_address_is_the_lowest_of_the_number() {
        for (ip, number) in [
            ([10, 10, 1, 105], 1_761_675_786),
            ([10, 10, 1, 22], 369_166_858),
            ([127, 0, 0, 1], 16_777_343),
            ([1, 0, 0, 0], 1),
            ([0, 0, 0, 1], 1 << 24),
            ([255, 255, 255, 255], u32::MAX),
        ] {
            let ip = Ipv4Addr::from(ip);
            assert_eq!(ip_to_number(ip), number, "{ip}");
            assert_eq!(ip_from_number(number), ip, "{number}");
        }
    }
}
