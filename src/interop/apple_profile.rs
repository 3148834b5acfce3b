//! A configuration profile (`.mobileconfig`) that brings one root certificate to an iPhone or a Mac.

use std::fmt::Write as _;

use data_encoding::BASE64;

/// Its media type; with another one, phones show the text instead of offering to install it.
pub const MEDIA_TYPE: &str = "application/x-apple-aspen-config";

/// What a profile says and brings.
#[derive(Clone, Copy, Debug)]
pub struct Profile<'a> {
    /// Whose it is, as the list of profiles shows it.
    pub name: &'a str,
    /// What it does, in a sentence.
    pub description: &'a str,
    /// The certificate, DER.
    pub certificate: &'a [u8],
    /// SHA-256 of the certificate: the same certificate is the same profile, so that a phone
    /// replaces it rather than keeping two.
    pub digest: &'a [u8; 32],
}

impl Profile<'_> {
    /// The profile as a property list in XML.
    pub fn to_xml(&self) -> String {
        let (first, second) = self.digest.split_at(16);
        let (outer, inner) = (uuid(first), uuid(second));
        let (name, description) = (escaped(self.name), escaped(self.description));
        let content = BASE64.encode(self.certificate);
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>PayloadContent</key>
  <array>
    <dict>
      <key>PayloadType</key><string>com.apple.security.root</string>
      <key>PayloadVersion</key><integer>1</integer>
      <key>PayloadIdentifier</key><string>anteroom.authority.{inner}</string>
      <key>PayloadUUID</key><string>{inner}</string>
      <key>PayloadDisplayName</key><string>{name}</string>
      <key>PayloadCertificateFileName</key><string>ca.crt</string>
      <key>PayloadContent</key><data>{content}</data>
    </dict>
  </array>
  <key>PayloadType</key><string>Configuration</string>
  <key>PayloadVersion</key><integer>1</integer>
  <key>PayloadIdentifier</key><string>anteroom.profile.{outer}</string>
  <key>PayloadUUID</key><string>{outer}</string>
  <key>PayloadDisplayName</key><string>{name}</string>
  <key>PayloadDescription</key><string>{description}</string>
  <key>PayloadRemovalDisallowed</key><false/>
</dict>
</plist>
"#
        )
    }
}

/// Sixteen bytes in the form of a UUID of version 8: made by us, from a hash.
fn uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (number, byte) in bytes.iter().take(16).enumerate() {
        if matches!(number, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let byte = match number {
            6 => byte & 0x0f | 0x80,
            8 => byte & 0x3f | 0x80,
            _ => *byte,
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02X}");
    }
    text
}

/// Text inside an XML element. XML has no way to write control characters, so they are left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text
        .chars()
        .filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'))
    {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str) -> String {
        Profile {
            name,
            description: "Trust this clinic.",
            certificate: &[1, 2, 3],
            digest: &[0xab; 32],
        }
        .to_xml()
    }

    #[test]
    fn brings_the_certificate_under_a_name_that_stays() {
        let xml = profile("River");
        assert!(xml.contains("<data>AQID</data>"));
        assert!(xml.contains("<string>com.apple.security.root</string>"));
        assert!(xml.contains("<string>ABABABAB-ABAB-8BAB-ABAB-ABABABABABAB</string>"));
        assert_eq!(xml, profile("River"));
    }

    #[test]
    fn a_name_cannot_leave_its_element() {
        let xml = profile("</string><true/>&\u{0}\u{7}");
        assert!(xml.contains("<string>&lt;/string&gt;&lt;true/&gt;&amp;</string>"));
        assert_eq!(xml.matches("<true/>").count(), 0);
    }
}
