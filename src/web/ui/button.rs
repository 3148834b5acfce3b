//! Buttons. One primary button per page; its label starts with a verb.

use maud::{Markup, html};

use super::form::{Form, hidden};
use super::icon::{Icon, icon};

/// How loud a button is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The one thing to do next.
    Primary,
    /// Another way on.
    Secondary,
    /// Takes something away.
    Danger,
    /// Beside the point.
    Quiet,
}

/// A button or a link that looks like one.
#[derive(Clone, Copy, Debug)]
pub struct Button<'a> {
    label: &'a str,
    weight: Weight,
    icon: Option<Icon>,
    small: bool,
    /// What a screen reader hears after the label, when several buttons share one.
    about: Option<&'a str>,
    /// Name and value sent with the form.
    sends: Option<(&'a str, &'a str)>,
    region: Option<&'a str>,
}

impl<'a> Button<'a> {
    /// The one thing to do next.
    pub const fn primary(label: &'a str) -> Self {
        Self::new(label, Weight::Primary)
    }

    /// Another way on.
    pub const fn secondary(label: &'a str) -> Self {
        Self::new(label, Weight::Secondary)
    }

    /// Takes something away.
    pub const fn danger(label: &'a str) -> Self {
        Self::new(label, Weight::Danger)
    }

    /// A button of this weight.
    pub const fn new(label: &'a str, weight: Weight) -> Self {
        Self {
            label,
            weight,
            icon: None,
            small: false,
            about: None,
            sends: None,
            region: None,
        }
    }

    /// With an icon before the label.
    #[must_use]
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// As wide as its label, even on a phone.
    #[must_use]
    pub const fn small(mut self) -> Self {
        self.small = true;
        self
    }

    /// What it is about, heard but not seen: "Cancel" + "visit on 24 November".
    #[must_use]
    pub const fn about(mut self, words: &'a str) -> Self {
        self.about = Some(words);
        self
    }

    /// Sends this name and value when it is the button pressed.
    #[must_use]
    pub const fn sends(mut self, name: &'a str, value: &'a str) -> Self {
        self.sends = Some((name, value));
        self
    }

    /// With scripts on, following it replaces only the element with this id.
    #[must_use]
    pub const fn swap(mut self, region: &'a str) -> Self {
        self.region = Some(region);
        self
    }

    fn class(&self) -> String {
        let weight = match self.weight {
            Weight::Primary => "",
            Weight::Secondary => " two",
            Weight::Danger => " bad",
            Weight::Quiet => " quiet",
        };
        format!("btn{weight}{}", if self.small { " small" } else { "" })
    }

    fn inside(&self) -> Markup {
        html! {
            @if let Some(symbol) = self.icon { (icon(symbol)) }
            span { (self.label) @if let Some(about) = self.about { span.sr { " " (about) } } }
        }
    }

    /// The button that sends the form around it.
    pub fn submit(&self) -> Markup {
        html! {
            button type="submit" class=(self.class()) name=[self.sends.map(|s| s.0)] value=[self.sends.map(|s| s.1)] {
                (self.inside())
            }
        }
    }

    /// A link that looks like a button: goes somewhere, changes nothing.
    pub fn link(&self, href: &str) -> Markup {
        html! { a href=(href) class=(self.class()) data-swap=[self.region] { (self.inside()) } }
    }

    /// A form of this one button, with the token and any hidden fields.
    pub fn post(&self, action: &str, token: &str, fields: &[(&str, &str)]) -> Markup {
        let mut form = Form::new(action, token).class("");
        if let Some(region) = self.region {
            form = form.swap(region);
        }
        form.show(&html! {
            @for (name, value) in fields { (hidden(name, value)) }
            (self.submit())
        })
    }
}

/// The way back, above the heading.
pub fn back_link(href: &str, label: &str) -> Markup {
    html! { a.back href=(href) { (icon(Icon::ArrowLeft)) span { (label) } } }
}

/// Buttons side by side, below each other on a phone.
pub fn actions(buttons: &Markup) -> Markup {
    html! { div.actions { (buttons) } }
}
