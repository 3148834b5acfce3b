//! Icons: Lucide symbols in one sprite. An icon never stands alone; a word is beside it.

use maud::{Markup, html};

use crate::web::assets::asset_url;

macro_rules! icons {
    ($($variant:ident => $name:literal,)+) => {
        /// Every symbol of the sprite.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon {
            $(#[doc = concat!("`", $name, "`")] $variant,)+
        }

        impl Icon {
            /// All of them, in the order of the sprite.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The id of the symbol.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    };
}

icons! {
    House => "house",
    CalendarDays => "calendar-days",
    CalendarCheck => "calendar-check",
    CalendarPlus => "calendar-plus",
    CalendarX => "calendar-x",
    CalendarClock => "calendar-clock",
    MessageCircle => "message-circle",
    HeartPulse => "heart-pulse",
    User => "user",
    Users => "users",
    UserPlus => "user-plus",
    Inbox => "inbox",
    ReceiptText => "receipt-text",
    ChartColumn => "chart-column",
    Settings => "settings",
    Search => "search",
    Plus => "plus",
    X => "x",
    Check => "check",
    ChevronRight => "chevron-right",
    ChevronLeft => "chevron-left",
    ArrowLeft => "arrow-left",
    FlaskConical => "flask-conical",
    FileText => "file-text",
    FilePen => "file-pen",
    ClipboardList => "clipboard-list",
    Phone => "phone",
    Mail => "mail",
    MapPin => "map-pin",
    Clock => "clock",
    Bell => "bell",
    ShieldCheck => "shield-check",
    KeyRound => "key-round",
    LogOut => "log-out",
    Download => "download",
    Printer => "printer",
    Upload => "upload",
    Pencil => "pencil",
    Trash2 => "trash-2",
    TriangleAlert => "triangle-alert",
    Info => "info",
    CircleAlert => "circle-alert",
    CircleCheck => "circle-check",
    Circle => "circle",
    Undo2 => "undo-2",
    Globe => "globe",
    QrCode => "qr-code",
    Stethoscope => "stethoscope",
    Building2 => "building-2",
    Palette => "palette",
    Smartphone => "smartphone",
    ListChecks => "list-checks",
    History => "history",
}

impl Icon {
    /// Whether it points along the line of reading and so turns round where one reads the other way.
    fn flips(self) -> bool {
        matches!(
            self,
            Self::ChevronRight | Self::ChevronLeft | Self::ArrowLeft | Self::Undo2 | Self::LogOut
        )
    }
}

/// The icon, hidden from screen readers.
pub fn icon(icon: Icon) -> Markup {
    let href = format!("{}#{}", asset_url("icons.svg"), icon.name());
    html! {
        svg class=(if icon.flips() { "ico flip" } else { "ico" }) aria-hidden="true" focusable="false" {
            use href=(href) {}
        }
    }
}

/// The icon on a round ground, as at the start of a row.
pub fn disc(symbol: Icon) -> Markup {
    html! { span.disc { (icon(symbol)) } }
}

/// A person's initials on a round ground. Hidden from screen readers: the name is beside it.
pub fn initials(name: &str) -> Markup {
    let letters: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .collect();
    html! { span.disc aria-hidden="true" { bdi { (letters.to_uppercase()) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprite_has_every_icon_and_no_other() {
        let sprite = include_str!("../../../assets/icons/icons.svg");
        for icon in Icon::ALL {
            let id = format!("<symbol id=\"{}\" ", icon.name());
            assert_eq!(sprite.matches(&id).count(), 1, "{}", icon.name());
        }
        assert_eq!(sprite.matches("<symbol ").count(), Icon::ALL.len());
        assert!(!sprite.contains("style=") && !sprite.contains("<script"));
    }

    #[test]
    fn arrows_turn_round_and_clocks_do_not() {
        assert!(
            icon(Icon::ChevronRight)
                .into_string()
                .contains("class=\"ico flip\"")
        );
        assert!(icon(Icon::Clock).into_string().contains("class=\"ico\""));
    }

    #[test]
    fn initials_are_escaped_and_short() {
        assert!(
            initials("amira b. haddad")
                .into_string()
                .contains("<bdi>AB</bdi>")
        );
        assert!(initials("<b> &c").into_string().contains("&lt;&amp;"));
    }
}
