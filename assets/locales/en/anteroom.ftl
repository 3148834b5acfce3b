### The words of Anteroom, in English. Every other language is translated from this file.
###
### How to write here. `cargo nextest run text::words` checks what can be checked.
###
### Ids      kebab-case, from the general to the special: `visit-cancel-title`. The first word is
###          the area. An id with `error` or `problem` in it is shown when something went wrong.
### Groups   `## area` in small letters, one per area, each area once, ids below it in page order.
###          Add your own group at the end of the file; add to another's group only inside it.
### Reader   A tired person on a phone, reading age 9 to 11. Sentences of at most 15 words. Plain
###          words first, the clinical word in brackets. We say "visit", never "appointment".
### Tone     "You" and "we". Verb first on buttons: "Book this time". No "please", no "oops", no
###          blame, no "invalid", no "submit", no "click here". No "!" when something went wrong.
### Whole    One message is one whole sentence or label. Never glue a sentence from parts.
### Numbers  Count with a selector: `{ $count -> [one] … *[other] … }`. Pass numbers as numbers and
###          dates, times and money as finished text. `[0]` may say "none" in better words.
### Notes    A `#` line above a message tells the translator what the reader sees and does there.
###          `# Reading age: why` lets one message have a long word that it cannot do without.

## app

app-name = Anteroom

## number

# A share, such as how many visits were kept.
number-percent = { $percent }%
# The size of a file.
number-bytes =
    { $count ->
        [one] { $count } byte
       *[other] { $count } bytes
    }
number-kilobytes = { $size } KB
number-megabytes = { $size } MB
number-gigabytes = { $size } GB

## time

# The time of day: 9am, 2:30pm. $clock is the time on a 12-hour clock.
time-before-midday = { $clock }am
time-after-midday = { $clock }pm
# 12:00 and 00:00.
time-midday = midday
time-midnight = midnight
# One hour of the year happens twice, when the clocks go back. $offset is like UTC+1.
time-first-of-two = { $time } (first, { $offset })
time-second-of-two = { $time } (second, { $offset })
# Tuesday 24 November 2026 at 2:30pm
time-date-at = { $date } at { $time }
# 9am to 9:20am
time-range = { $start } to { $end }
# It ends on a later day: 10pm to 1am on Wed 25 Nov
time-range-to-date = { $start } to { $end } on { $date }
# Tuesday 24 November 2026, 9am to 9:20am
time-date-range = { $date }, { $range }
# Beside a time, for a reader who may be elsewhere: London time
time-zone = { $place } time
# Beside a date: tomorrow
time-in-days =
    { $days ->
        [0] today
        [1] tomorrow
        [one] in { $days } day
       *[other] in { $days } days
    }
time-days-ago =
    { $days ->
        [0] today
        [1] yesterday
        [one] { $days } day ago
       *[other] { $days } days ago
    }
# How long something takes.
time-minutes =
    { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }
time-hours =
    { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    }
time-hours-minutes =
    { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    } { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }
# How old a person is. Months are for the first two years.
time-age-years =
    { $years ->
        [one] { $years } year old
       *[other] { $years } years old
    }
time-age-months =
    { $months ->
        [0] under 1 month old
        [one] { $months } month old
       *[other] { $months } months old
    }

## phone

# Beside the field for a phone number, when we cannot use what was typed.
phone-problem-empty = Enter a phone number.
phone-problem-letters = Use only digits in the phone number. Spaces are fine.
phone-problem-extension = Leave out the extension. We cannot send texts to it.
phone-problem-too-short = This phone number is too short. Check for missing digits.
phone-problem-too-long = This phone number is too long. Check for extra digits.
phone-problem-unknown-country = We do not know this country code. Check the digits after the +.
phone-problem-unknown-number = This phone number does not exist. Check the digits.

## mail

# Subjects of mails. They say the clinic and at most the day: nothing about health. Anybody may see
# them on a locked phone.
mail-invitation-subject = { $clinic } made a page for you
mail-sign-in-subject = Sign in at { $clinic }
mail-booked-subject = Your visit on { $date } – { $clinic }
mail-requested-subject = You asked for a visit on { $date } – { $clinic }
mail-declined-subject = The time you asked for on { $date } – { $clinic }
mail-moved-subject = Your visit is now on { $date } – { $clinic }
mail-cancelled-subject = Your visit on { $date } is cancelled – { $clinic }
mail-reminder-subject = Your visit is on { $date } – { $clinic }
mail-confirm-contact-subject = Is this your new address? – { $clinic }
mail-contact-changed-subject = Your contact details have changed – { $clinic }
mail-staff-invitation-subject = Set your password for { $clinic }
mail-test-subject = A test mail from { $clinic }
# Headings: the first line of a mail.
mail-invitation-title = Hello from { $clinic }
mail-sign-in-title = Sign in at { $clinic }
mail-booked-title = You are booked
mail-requested-title = We have your request
mail-declined-title = This time does not work
mail-moved-title = Your visit has a new time
mail-cancelled-title = Your visit is cancelled
mail-reminder-title = Your visit is soon
mail-confirm-contact-title = Is this your new address?
mail-contact-changed-title = Your contact details have changed
mail-staff-invitation-title = Welcome to { $clinic }
mail-test-title = It works
# What a mail says below its heading.
mail-invitation-text = You now have your own page with us. See your visits there and book new ones.
mail-invitation-how = To open it, you need your date of birth. There is no app and no password.
mail-invitation-call = You can see your page on the clinic's Wi-Fi. Ask us how on your next visit.
mail-sign-in-text = Use this link to sign in, or type the code.
mail-sign-in-code-text = Type this code to go on.
mail-sign-in-other = Did you not ask for this? Then you can ignore this mail.
mail-booked-text = We look forward to seeing you.
mail-requested-text = We will write to you when we know if the time works.
mail-declined-text = We cannot see you at this time. Call us to find another one.
mail-moved-text = The old time is free again. This is the new one:
mail-cancelled-text = You do not need to come at this time:
mail-reminder-text = We look forward to seeing you. Tell us if you cannot come.
# Only where the clinic chose to name what a missed visit costs.
mail-reminder-cost = A missed visit costs us money. Someone else could have used the time.
mail-confirm-contact-text = We were given this address as yours. Tell us if that is right.
mail-confirm-contact-other = Is it not yours? Then you can ignore this mail.
mail-contact-changed-text = Someone changed the contact details on your page.
mail-contact-changed-call = Was it not you? Call us at once on { $phone }.
mail-contact-changed-call-us = Was it not you? Call us at once.
mail-staff-invitation-text = You can now sign in to work here. First set a password.
mail-test-text = Your clinic can send mail. You do not need to do anything.
# The link of a mail, as a button.
mail-invitation-link = Open my page
mail-sign-in-link = Sign in
mail-visit-link = Confirm, move or cancel
mail-confirm-contact-link = Yes, it is mine
mail-staff-invitation-link = Set my password
# In place of a link, where the pages can be seen only inside the clinic.
mail-visit-call = To change this visit, call us on { $phone }.
mail-visit-call-us = To change this visit, call us.
mail-on-wifi = This link works only on the clinic's Wi-Fi.
# Labels of the facts of a visit, and above a code to type.
mail-when = When
mail-where = Where
mail-phone = Phone
mail-code = Your code
# Tuesday 24 November 2026 at 2:30pm (London time)
mail-when-in-zone = { $moment } ({ $zone })
# The title of a visit in the patient's own calendar.
mail-calendar-title = Visit to { $clinic }
# Short texts that staff copy or send from a phone. A line with a link or a number follows.
mail-short-invitation = { $clinic }: you now have your own page with us.
mail-short-booked = { $clinic }: your visit is on { $moment }.
mail-short-requested = { $clinic }: you asked for a visit on { $moment }.
mail-short-declined = { $clinic }: we cannot see you on { $moment }.
mail-short-moved = { $clinic }: your visit is now on { $moment }.
mail-short-cancelled = { $clinic }: your visit on { $moment } is cancelled.
mail-short-reminder = { $clinic }: you have a visit on { $moment }.
mail-short-open = Open your page: { $link }
mail-short-change = Confirm, move or cancel: { $link }
mail-short-call = Call us: { $phone }

## probe

# The steps of the test of the mail settings.
probe-step-lookup = Find the mail server
probe-step-connect = Connect to it
probe-step-protect = Protect the connection
probe-step-sign-in = Sign in
probe-step-sender = Say who sends
probe-step-recipient = Say who gets it
probe-step-text = Send the mail
# What is likely wrong, after a step failed. The mail server's own words stand below.
probe-cause-unknown-host = No mail server has this name. Check how it is spelled.
probe-cause-nobody-there = Nothing answers at this port. Check the host name and the port.
probe-cause-time-out = The mail server did not answer in time. Check the port and the firewall.
probe-cause-other-name = The mail server's certificate is for another name. Use the name that it is for.
probe-cause-not-trusted = The mail server's certificate is not trusted here, or it is too old.
probe-cause-no-tls = The mail server does not speak TLS at this port. Try STARTTLS.
probe-cause-no-start-tls = The mail server does not offer STARTTLS at this port. Try TLS.
probe-cause-needs-start-tls = The mail server wants a safe connection first. Choose STARTTLS or TLS.
probe-cause-needs-sign-in = The mail server wants you to sign in. Enter a user name and a password.
probe-cause-no-sign-in = The mail server has no way to sign in here. Try STARTTLS or TLS.
probe-cause-sign-in-refused = The mail server did not take the user name or the password.
probe-cause-sender-refused = The mail server does not let you send from this address.
probe-cause-recipient-refused = The mail server does not take mail for this address.
probe-cause-text-refused = The mail server did not take the mail. Its own words say why.
probe-cause-not-now = The mail server said: not now. Try again in a few minutes.
probe-cause-broken = The connection broke. Check the port and the kind of protection.
