//! The stylesheet, inside the program, so that no file can be missing or stale.

/// The whole stylesheet: tokens first, then base, layout, and one part per component.
pub const STYLESHEET: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/components/axis.css"),
    include_str!("../../style/components/badge.css"),
    include_str!("../../style/components/bench.css"),
    include_str!("../../style/components/button.css"),
    include_str!("../../style/components/candidate.css"),
    include_str!("../../style/components/commands.css"),
    include_str!("../../style/components/confirm.css"),
    include_str!("../../style/components/drawer.css"),
    include_str!("../../style/components/edit.css"),
    include_str!("../../style/components/event-log.css"),
    include_str!("../../style/components/field.css"),
    include_str!("../../style/components/forget.css"),
    include_str!("../../style/components/help.css"),
    include_str!("../../style/components/index-state.css"),
    include_str!("../../style/components/lamp.css"),
    include_str!("../../style/components/last-turn.css"),
    include_str!("../../style/components/lineage.css"),
    include_str!("../../style/components/long-text.css"),
    include_str!("../../style/components/masthead.css"),
    include_str!("../../style/components/memories-bar.css"),
    include_str!("../../style/components/memories.css"),
    include_str!("../../style/components/meter.css"),
    include_str!("../../style/components/not-found.css"),
    include_str!("../../style/components/note.css"),
    include_str!("../../style/components/pager.css"),
    include_str!("../../style/components/picks.css"),
    include_str!("../../style/components/pair.css"),
    include_str!("../../style/components/panel.css"),
    include_str!("../../style/components/recalled.css"),
    include_str!("../../style/components/review.css"),
    include_str!("../../style/components/skeleton.css"),
    include_str!("../../style/components/threads.css"),
    include_str!("../../style/components/threshold.css"),
    include_str!("../../style/components/turn-form.css"),
    include_str!("../../style/components/undo.css"),
    include_str!("../../style/components/unreadable.css"),
    include_str!("../../style/components/why.css"),
    include_str!("../../style/components/working-memory.css"),
);

/// The path under which the server answers with [`STYLESHEET`].
pub const STYLESHEET_PATH: &str = "/pkg/agent-memory.css";

/// The path with a version, which changes with the content: browsers may keep it for ever.
#[must_use]
pub fn stylesheet_href() -> String {
    const VERSION: u64 = fnv1a(STYLESHEET.as_bytes());
    format!("{STYLESHEET_PATH}?v={VERSION:016x}")
}

/// FNV-1a: tells contents apart, no more; see <http://www.isthe.com/chongo/tech/comp/fnv/>.
const fn fnv1a(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_follows_the_content() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }

    #[test]
    fn raw_colours_stand_only_in_the_tokens() {
        let (_, after_tokens) = STYLESHEET.split_once("/* end of tokens */").unwrap();
        for forbidden in ["#", "rgb(", "hsl(", "oklch("] {
            let found = after_tokens.lines().find(|line| line.contains(forbidden));
            assert_eq!(found, None, "{forbidden}");
        }
    }
}
