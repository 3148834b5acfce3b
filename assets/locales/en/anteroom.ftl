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

## import

# Why a chart is archived, on a chart that came from another system and was out of use there.
import-put-away = It was out of use in the system it came from.
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
mail-welcome-subject = You can now book visits at { $clinic }
mail-turned-away-subject = About your request – { $clinic }
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
mail-welcome-title = Welcome to { $clinic }
mail-turned-away-title = We cannot take you on
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
mail-welcome-text = You are now a patient with us. Sign in to see your visits.
mail-turned-away-text = We have no room for new patients now. Call us if you have a question.
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
## page

page-skip = Skip to the content
page-error-prefix = Error:
page-working = Still working
page-offline = No connection. Nothing was lost.
page-back = Back
print-back = Back
print-now = Print
toast-undo = Undo
toast-close = Close
error-summary = There is a problem
error-too-long = Use { $max } letters or fewer.

## help

help-title = Talk to us
help-call = Call { $phone }
help-emergency = In an emergency call { $number }.

## trouble

# A page that cannot be shown: what happened, and what to do now.
trouble-not-found-title = We cannot find this page
trouble-refused-title = That did not work
trouble-bad-request = We did not understand this. Go back and try again.
trouble-too-large = This is too much at once. Go back, and send less or a smaller file.
trouble-wrong-way = This address does not work like that. Nothing was changed.
trouble-back = Go back
trouble-stale-title = This page was open too long
trouble-stale = Nothing was changed. Go back, load the page again, and try once more.
trouble-failed-title = There is a problem on our side
trouble-failed = Nothing was changed. Try again in a minute, or call us.
trouble-read-only-title = Nothing can be saved just now
trouble-read-only = What you sent was not saved. You can look at everything. Try again in a few minutes, or call us.
trouble-not-sure = We do not know whether what you sent was saved. Look at it in a few minutes before you send it again, or call us.
trouble-code = If you call, tell us this code: { $code }
trouble-home = Go to the first page
trouble-not-open-title = We open soon
trouble-staff-door = I work here

## refused

# Why the answer is no, and what to do.
refused-not-found = It is not here, or it is not for you. Check the link, or go to the first page.
refused-slot-taken = That time has just gone. Choose another one.
refused-hold-expired = We could not keep that time for you any longer. Choose a time again.
refused-overlaps-own = You have another visit at that time. Choose another time.
refused-too-many-visits = You have as many visits ahead as you can book here. Call us to book more.
refused-too-late-to-move = It is too late to change this visit here. Call us and we will help.
refused-visit-not-open = This visit can no longer be changed.
refused-overlap = That time is taken. Choose another time, or say why it must be then.
# Staff read it. $name is a patient, $span is like 10:00 to 10:20.
refused-overlap-visit = { $name } has a visit then: { $span }. Choose another time, or say why it must be then.
refused-overlap-own = { $name } has another visit then: { $span }. Choose another time, or say why it must be then.
refused-overlap-break = It falls in the break next to the visit of { $name }: { $span }. Choose another time, or say why it must be then.
refused-overlap-block = That time is blocked: { $span }. Choose another time, or say why it must be then.
refused-overlap-block-note = That time is blocked for { $note }: { $span }. Choose another time, or say why it must be then.
refused-overlap-hold = Someone is choosing that time right now. Choose another time, or say why it must be then.
refused-too-late-to-undo = It is too late to undo this.
refused-changed = Someone else changed this a moment ago. Look at it again, then decide.
refused-chart-not-active = This chart is put away. Take it back first.
refused-one-request-only = You have asked for a visit already. We will answer soon.
refused-link-dead = This link does not work any more. Ask for a new one.
refused-wrong-with-tries =
    { $left ->
        [0] That does not match. Ask us for a new link.
        [one] That does not match. You can try one more time.
       *[other] That does not match. You can try { $left } more times.
    }
refused-wrong = That does not match. Check it and try again.
refused-shut-until = Too many tries. Try again at { $time }.
refused-shut = Too many tries. Call us and we will help you in.
refused-busy = Many people are signing in right now. Try again in a few seconds.
refused-not-open = The clinic is not open here yet.
refused-last-owner = There must be one owner. Make someone else an owner first.
refused-duplicate = This is in use already. Choose another one.
refused-no-contact = There is no address to send this to.
refused-no-birth-date = Add the date of birth first. It opens the invitation.
refused-prove-again = Show us again that it is you. Then make this change.
refused-password-short = Use { $count } letters or more.
refused-password-long = Use { $count } letters or fewer.
refused-password-common = Many people use this password. Choose another one.
refused-password-our-words = This uses words that are easy to guess. Choose others.

## patient

tabs-label = Your pages
tab-home = Home
tab-visits = Visits
tab-me = Me
chip-label = Your page:

## home

home-title = Hello { $name }
home-next = Next visit
home-see-visit = See your visit
home-no-visit = You have no visit ahead.
home-nothing-to-do = Nothing to do. Enjoy your day.
home-tasks =
    { $count ->
        [one] One thing to do
       *[other] { $count } things to do
    }
home-book = Do you need us?
home-book-first = Book a visit
home-book-other = Book something else
# "Check-up with Dr Silva": times to book the same again.
home-again = Book again: { $service } with { $practitioner }
task-confirm = Tell us you will come on { $date }
task-confirm-detail = One tap
task-missed = You missed your last visit
task-missed-detail = Book a new time
task-cancelled = We had to cancel your visit
task-cancelled-detail = Book a new time
task-email = Add your e-mail address
task-email-detail = So that we can remind you

## visits

visits-title = Your visits
visits-book = Book a visit
visits-ahead = Coming up
visits-behind = Before
visits-none-title = No visits ahead
visits-none = When you book a visit, you see it here.
# Check-up with Dr Silva, 20 minutes
visit-what = { $service } with { $practitioner }, { $duration }
visit-directions = Directions
visit-title = { $service } with { $practitioner }
visit-back = All visits
visit-duration = How long
visit-reference = Reference
visit-state-pending = Waiting for our answer
visit-state-confirmed = Confirmed
visit-state-booked = Booked
visit-state-arrived = You are here
visit-state-fulfilled = Done
visit-state-cancelled = Cancelled
visit-state-missed = Missed
visit-state-past = Over
visit-booked-title = You are booked
visit-booked-next = We remind you before the visit. There is nothing else to do now.
visit-booked-next-quiet = We send no reminder before this visit. There is nothing else to do now.
visit-requested-title = We have your request
visit-requested-next = We keep this time for you and answer soon. Nothing is booked yet.
visit-confirm = Yes, I will come
visit-change = Change time
visit-add-to-calendar = Add to calendar
visit-cancel = Cancel visit
visit-again = Book again
visit-take-back = Take back the last change
visit-too-late-to-move = It is too late to change the time here. Call us if you need another time.
visit-cancelled-by-you = You cancelled this visit.
visit-cancelled-by-clinic = We cancelled this visit.
visit-cancelled-late = It was a late cancellation.
visit-timeline = What happened
visit-calendar-title = Visit at { $clinic }
event-requested = Asked for
event-booked = Booked
event-confirmed = You said you will come
event-moved = Moved from { $from }
event-resized = Made longer or shorter
event-undone = Last change taken back
event-arrived = You arrived
event-started = The visit began
event-done = The visit was over
event-cancelled = Cancelled
event-missed = Marked as missed
event-corrected = Corrected
# A patient moved a visit, and the clinic has to say yes to the new time.
event-asks-again = Waits for an answer again
toast-booked = Booked for { $when }.
toast-requested = Asked for { $when }.
toast-moved = Moved to { $when }.
toast-cancelled = Cancelled: your visit on { $when }.
toast-confirmed = Thank you. We look forward to seeing you.
toast-undone = Done. It is as it was before.

## book

book-reason-title = What do you need?
book-full-title = You cannot book more now
# 20 minutes, £45.00
book-reason-price = { $duration }, { $price }
book-none-title = Call us to book
book-none = Visits cannot be booked here at the moment.
book-time-title = Choose a time
# Check-up, 20 minutes.
book-time-for = { $service }, { $duration }.
book-change = Change
book-gone-title = Choose another time
book-with = With whom
book-anyone = Anyone
book-more-days = Show more days
# Nothing can be chosen for today any more, but some of it is still free.
book-sooner = It is too late to book here for today. To ask for a time today, call us on { $phone }.
book-no-times-title = No free times
book-no-times = There are no free times to book here. Call us and we will find one.
book-check-title = Check and book
book-ask-title = Check and ask
book-when = When
book-what = What
book-who = With
book-where = Where
book-price = Price
book-notice = If you cannot come
book-notice-rule =
    { $hours ->
        [0] Tell us as soon as you can.
        [one] Tell us 1 hour before or earlier.
       *[other] Tell us { $hours } hours before or earlier.
    }
book-note = Anything we should know?
book-note-hint = You can leave this empty.
book-this-time = Book this time
book-ask = Ask for this time
book-ask-explain = We look at your request first, and then tell you.
book-held-until = We keep this time for you until { $time }.
book-ended-title = This time is no longer kept for you
book-ended =
    { $count ->
        [one] We keep a chosen time for 1 minute. After that it is free for everyone again.
       *[other] We keep a chosen time for { $count } minutes. After that it is free for everyone again.
    }

## move

move-title = Choose a new time
move-now = Your visit now:
move-asks = We look at the new time first, and then tell you. When you choose it, we no longer keep the time that you have now.

## cancel

cancel-title = Cancel this visit?
cancel-late =
    { $hours ->
        [one] There is less than 1 hour left. It counts as late, but it still helps us.
       *[other] There are less than { $hours } hours left. It counts as late, but it still helps us.
    }
cancel-reason = Why can you not come?
cancel-reason-hint = You can leave this empty.
cancel-now = Cancel the visit
cancel-keep = Keep it

## staff

rail-label = Places
rail-today = Today
rail-calendar = Calendar
rail-patients = Patients
rail-requests = Requests
rail-outbox = Outbox
rail-settings = Settings
rail-requests-waiting =
    { $count ->
        [one] 1 request waits
       *[other] { $count } requests wait
    }
rail-outbox-waiting =
    { $count ->
        [one] 1 message needs a look
       *[other] { $count } messages need a look
    }
staff-find = Find a patient
staff-new-visit = New visit
staff-account = My account
staff-lock = Lock the screen
staff-sign-out = Sign out

## today

# The front desk's page for one day. $date is Monday 23 November 2026.
today-title = { $date }
today-board = Visits of the day
today-before = Day before
today-now = Today
today-after = Day after
today-days = Days
today-who = Whose visits
today-everyone = Everyone
today-print = Print the day list
# The day in figures. The number itself stands before the words, in bold.
today-visits =
    { $count ->
        [one] visit
       *[other] visits
    }
today-waiting = waiting
today-longest =
    { $count ->
        [one] minute is the longest wait
       *[other] minutes is the longest wait
    }
today-not-confirmed = not confirmed
today-unresolved-link =
    { $count ->
        [one] 1 past visit needs an answer
       *[other] { $count } past visits need an answer
    }
today-expected = Expected
today-arrived = Arrived
today-with-clinician = With clinician
today-done = Done
today-nobody = Nobody
today-not-coming =
    { $count ->
        [one] 1 visit will not take place
       *[other] { $count } visits will not take place
    }
# A visit on its card: Check-up, 20 minutes
today-what = { $service }, { $duration }
today-what-with = { $service }, { $duration }, { $practitioner }
# Buttons that move a visit on. The name is heard after the label.
today-do-arrived = Arrived
today-do-start = Start
today-do-done = Done
today-do-missed = Did not come
today-do-answer = Answer the request
# Short words on a card.
today-late =
    { $count ->
        [one] 1 min late
       *[other] { $count } min late
    }
today-runs-late =
    { $count ->
        [one] Runs 1 min late
       *[other] Runs { $count } min late
    }
today-waits =
    { $count ->
        [one] Waits 1 min
       *[other] Waits { $count } min
    }
today-flag-new = New patient
today-flag-ask-birth = Ask for the birth date
today-flag-same-name = Same name today: ask for the birth date
today-flag-not-confirmed = Not confirmed
today-flag-request = Asked for, no answer yet
today-flag-overbooked = Overlap
today-flag-note = Note
today-flag-patient-note = Patient wrote
today-unresolved = What happened to these visits?
today-unresolved-hint = They are over, and nobody said how they ended.
today-came = Came
today-missed = Did not come
today-cancelled = Cancelled
today-none-title = No visits on this day
today-none = A visit that you book for this day shows up here.
today-list-title = Day list for { $date }
today-list-time = Time
today-list-patient = Patient
today-list-birth = Born
today-list-phone = Phone
today-list-what = Visit
today-list-notes = Notes
# What was just done, with a way back.
did-arrived = { $name } has arrived.
did-checked-in = { $name } is with the clinician.
did-fulfilled = The visit of { $name } is done.
did-noshow = { $name } did not come.
did-booked-again = { $name } is expected.
did-moved = Moved { $name } to { $when }.
did-resized = The visit of { $name } takes { $duration } now.
did-cancelled = Cancelled: { $name }, { $when }.
did-created = Booked { $name } for { $when }.
did-note = The note about { $name } is kept.
did-undone = { $name }: it is as it was before.
did-blocked =
    { $count ->
        [0] Blocked: { $when }, { $who }.
        [one] Blocked: { $when }, { $who }. { $count } visit is still booked in this time.
       *[other] Blocked: { $when }, { $who }. { $count } visits are still booked in this time.
    }
did-unblocked = Free again: { $when }.
did-moved-outside = Moved { $name } to { $when }. That time is outside the usual hours.
did-created-outside = Booked { $name } for { $when }. That time is outside the usual hours.
did-resized-outside = The visit of { $name } takes { $duration } now. It runs outside the usual hours.
did-accepted =
    { $told ->
        [0] Accepted: { $name }, { $when }.
       *[other] Accepted: { $name }, { $when }. We tell them in 3 minutes.
    }
did-declined =
    { $told ->
        [0] Declined: { $name }, { $when }.
       *[other] Declined: { $name }, { $when }. We tell them in 3 minutes.
    }

## staff-visit

# Where a visit stands, as staff read it.
staff-visit-pending = Asked for
staff-visit-unresolved = No outcome
staff-visit-late = Late
staff-visit-confirmed = Confirmed
staff-visit-booked = Booked
staff-visit-arrived = Arrived
staff-visit-started = With clinician
staff-visit-done = Done
staff-visit-cancelled = Cancelled
staff-visit-missed = Did not come
# The page of one visit. $name is the patient.
staff-visit-title = { $name }
# Tuesday 24 November 2026, 9am to 9:20am is shown above: Check-up with Dr Silva
staff-visit-what = { $service } with { $practitioner }
staff-visit-back = Back
staff-visit-undo = Undo the last change
staff-visit-move = Move
staff-visit-length = Lengthen
staff-visit-cancel = Cancel visit
staff-visit-note = Note
staff-visit-step-back = Wrong button?
staff-visit-to-expected = Back to expected
staff-visit-to-arrived = Back to arrived
staff-visit-born = Born
# 4 March 1985 (41 years old)
staff-visit-born-age = { $date } ({ $age })
staff-visit-phone = Phone
staff-visit-email = E-mail
staff-visit-reference = Reference
staff-visit-chart = Open the chart
staff-visit-internal = Note for staff
staff-visit-patient-note = The patient wrote
staff-visit-desk-note = About the patient
staff-visit-overlap = Why it overlaps
staff-visit-cancel-reason = Why it was cancelled
staff-visit-cancel-late = It was cancelled late.
staff-visit-messages = Messages
staff-visit-no-messages = No message about this visit.
staff-visit-history = What happened
# Who did it: at Tue 24 Nov at 9:30, Rosa Lind
staff-visit-by = { $when }, { $who }
staff-visit-by-patient = the patient
staff-visit-by-system = Anteroom
staff-visit-move-title = Move the visit
staff-visit-move-now = Move it
staff-visit-length-title = Change the length
staff-visit-length-now = Change the length
staff-visit-cancel-title = Cancel the visit
staff-visit-cancel-now = Cancel the visit
staff-visit-reason = Why
staff-visit-reason-hint = The patient can read this on their page. You can leave it empty.
staff-visit-who-asked = Who asked for it
staff-visit-asked = The patient asked for it
staff-visit-note-title = Note for staff
staff-visit-note-hint = The patient does not see it.
staff-visit-note-now = Keep the note
staff-visit-keep = Leave it as it is
# Messages and where they stand.
staff-notice-booked = Booked
staff-notice-requested = Request received
staff-notice-declined = Request declined
staff-notice-moved = Moved
staff-notice-cancelled = Cancelled
staff-notice-reminder7 = Reminder, 7 days before
staff-notice-reminder2 = Reminder, 2 days before
staff-notice-other = Message
staff-notice-held = Leaves { $when }
staff-notice-queued = On its way
staff-notice-sent = Sent
staff-notice-refused = Not delivered
staff-notice-uncertain = Not sure it arrived
staff-notice-stopped = Stopped
staff-notice-not-needed = Not needed any more
staff-notice-by-hand = Given by hand

## calendar

# The range that is shown: Mon 23 Nov to Fri 27 Nov
calendar-range = { $from } to { $until }
calendar-week = Week
calendar-day = Day
calendar-view = What is shown
calendar-before = Before
calendar-now = Today
calendar-after = After
calendar-move = Other days
calendar-block = Block time
calendar-why = Why is a time not offered?
calendar-grid = Calendar
calendar-closed = Closed: { $name }
# On a time that someone is choosing at this moment.
calendar-held = Kept for a moment
calendar-blocked = Blocked
calendar-close = Close
# The panel beside the calendar while no visit is chosen.
calendar-panel = Visit
calendar-everyone = Each colour is one person. Choose one to read more.
calendar-overlap-title = This time is taken
calendar-overlap-body = Say why both visits may be at the same time.
calendar-overlap-reason = Why
calendar-overlap-keep = Move it anyway
calendar-overlap-back = Leave it where it was
# Said to screen readers while a visit is moved by keyboard. $when is Tue 24 Nov at 9:30.
calendar-say-start = Move with the arrow keys. Enter keeps it, Escape puts it back.
calendar-say-back = Put back.

## sheet

# Fields that the forms of the front desk share.
sheet-date = Date
sheet-time = Time
sheet-with = With
sheet-minutes = Minutes
sheet-overlap = Why may it overlap?
sheet-overlap-hint = It is kept with the visit. The patient does not see it.
sheet-message = Message
sheet-notify = Tell the patient
sheet-error-date = Enter a date.
sheet-error-time = Enter a time, such as 9:30.
sheet-error-no-such-time = The clocks skip this time on that day. Choose another time.
sheet-error-minutes = Enter between 5 and { $max } minutes.
## limit

limit-too-large-title = That is too large
limit-too-large = Send less at once. Nothing was changed.
limit-too-slow-title = The connection was too slow
limit-too-slow = We did not get all of it. Nothing was changed. Try again.
limit-busy-title = We are very busy
limit-busy = Try again in a minute.

## trust

# How a device learns to trust the clinic's own certificate.
trust-title = Trust this clinic on your device
trust-public = Most devices trust us already. You need this only if yours warns you.
trust-why = Install our certificate once. Then this device knows that it is really us.
trust-check = Check it first
trust-compare = Ask the clinic for its fingerprint. It must be the same as this one.
trust-device = What device do you have?
trust-download = Download the certificate
trust-continue = Go on to the clinic
trust-iphone = iPhone or iPad
trust-iphone-settings = Open Settings. Tap “Profile Downloaded”.
trust-iphone-install = Tap Install and enter your code.
# Reading age: these are the words on the screen of the device.
trust-iphone-trust = Go to General, About, Certificate Trust Settings.
# $name is what the list of the phone calls our certificate.
trust-iphone-on = Switch on “{ $name }”.
trust-android = Android phone or tablet
trust-android-settings = Open Settings.
trust-android-search = Search for “CA certificate” and tap it.
trust-android-kind = Tap “Install anyway” and enter your code.
trust-android-choose = Choose the file ca.crt.
trust-windows = Windows
trust-windows-open = Open the file. Choose “Install Certificate”.
trust-windows-user = Choose “Current User”.
# Reading age: these are the words on the screen of the device.
trust-windows-store = Choose the store “Trusted Root Certification Authorities”.
trust-windows-yes = Choose Finish, then Yes.
trust-mac = Mac
trust-mac-settings = Open the file, then System Settings.
trust-mac-profiles = Search for Profiles and open ours.
trust-mac-install = Choose Install and enter your password.
trust-firefox = Firefox on a computer
# Reading age: these are the words on the screen of the device.
trust-firefox-settings = Open Settings, then “Privacy & Security”.
# Reading age: these are the words on the screen of the device.
trust-firefox-certificates = Choose “View Certificates”, then Authorities.
trust-firefox-import = Choose Import and take the file ca.crt.
trust-firefox-tick = Tick “Trust this CA to identify websites”.
# Drawn beside the steps; these are the words on the screens of devices, as short as there is room.
trust-drawn-settings = Settings
trust-drawn-system-settings = System Settings
trust-drawn-profile-asks = Download this profile?
trust-drawn-ignore = Ignore
trust-drawn-allow = Allow
trust-drawn-downloaded = Profile Downloaded
trust-drawn-cancel = Cancel
trust-drawn-install = Install
trust-drawn-about = About
trust-drawn-trust = Certificate Trust Settings
trust-drawn-ca = CA certificate
trust-drawn-private = Your data won’t be private
trust-drawn-install-not = Don’t install
trust-drawn-install-anyway = Install anyway
trust-drawn-certificate = Certificate
trust-drawn-install-certificate = Install Certificate…
trust-drawn-user = Current User
trust-drawn-machine = Local Machine
trust-drawn-next = Next
trust-drawn-which-store = Certificate store
# Reading age: these are the words on the screen of the device.
trust-drawn-roots = Trusted Root Certification Authorities
trust-drawn-warning = Security Warning
trust-drawn-no = No
trust-drawn-yes = Yes
trust-drawn-profiles = Profiles
trust-drawn-privacy = Privacy & Security
trust-drawn-certificates = Certificates
trust-drawn-view = View Certificates…
trust-drawn-authorities = Authorities
trust-drawn-import = Import…
# Reading age: these are the words on the screen of the device.
trust-drawn-websites = Trust this CA to identify websites

## demo

demo-title = Try the clinic as { $name }
demo-role = This is a demonstration. Nothing here is real.
demo-enter = Enter

## new-visit

new-visit-title = New visit
new-visit-patient = Patient
new-visit-patient-hint = Name, phone or birth date
new-visit-find = Find
new-visit-found =
    { $count ->
        [0] No patient found
        [one] 1 patient found
       *[other] { $count } patients found
    }
# The last row of what was found: make a chart with what was typed.
new-visit-new = New patient “{ $name }”
# 4 March 1985, phone ends in 0123
new-visit-born-phone = { $born }, phone ends in { $end }
new-visit-phone-end = phone ends in { $end }
new-visit-chart = chart { $number }
new-visit-other = Another patient
new-visit-new-hint = A name and one way to reach the patient are enough.
new-visit-name = Full name
new-visit-service = What for
new-visit-minutes-hint = Leave it empty for the usual length.
new-visit-more = Length, note, message
new-visit-book = Book
new-visit-alike = Look at these charts first. Book for one of them, or open a new chart all the same.
new-visit-use = Use this chart
new-visit-this = Book for this patient
new-visit-anyway = Open a new chart and book
new-visit-error-name = Enter a name.
new-visit-error-email = Check the e-mail address. It needs an @ and a dot after it.
new-visit-error-contact = Enter a phone number or an e-mail address.

## block

block-title = Block time
block-hint = Patients are not offered this time. Visits in it stay as they are.
block-until = Until
block-note = What for
block-note-hint = Staff see it in the calendar. You can leave it empty.
block-now = Block this time
block-free = Free this time
block-error-until = Choose an end after the start.

## why

# Staff ask why patients are offered a time, or not.
why-title = Why is a time not offered?
why-ask = Ask
why-offered = Patients are offered this time
why-not-offered = Patients are not offered this time
why-free = It lies in the hours, and nothing is in the way.
why-past = It has passed.
why-beyond = It is too far ahead. The last day to book is { $date }.
why-closed = The clinic is closed: { $name }.
why-closed-days = The clinic is closed from { $from } to { $until }: { $name }.
why-no-hours = No hours are set for that day.
why-not-offered-by = This person does not do this kind of visit, or cannot be booked.
why-not-online = Patients cannot book this kind of visit themselves.
why-outside = It lies outside the hours: { $hours }.
why-outside-all = It lies outside the hours.
why-runs-past = It would end after the hours, which end at { $time }.
why-taken-visit = A visit is in the way: { $span }, with the breaks around it.
why-taken-request = A visit that was asked for is in the way: { $span }.
why-taken-hold = Someone is choosing this time right now: { $span }.
why-taken-block = Blocked time is in the way: { $span }.
why-too-soon = It is too soon. The earliest time to book is { $time }.
why-off-grid = Visits of this kind start at other times: { $before } or { $after }.
why-off-grid-one = Visits of this kind start at other times: { $time }.
why-off-grid-none = Visits of this kind start at other times.
why-hours-none = No weekly hours hold on that day.
why-hours-weekly-free = In the weekly hours that weekday is free.
why-hours-weekly = The weekly hours hold on that day.
why-hours-weekly-since = The weekly hours since { $date } hold on that day.
why-hours-exception = The hours of that day were changed.
why-hours-exception-note = The hours of that day were changed: { $note }.
why-book = Book a visit at this time
## door

# The three parts of a birth date, and the question.
born-question = What is your date of birth?
born-hint = For example, 27 3 1990
born-day = Day
born-month = Month
born-year = Year
error-birth-date = Enter your day, month and year of birth as numbers.
error-email = Enter your email address. It has an @ in it.
error-name = Enter your full name.
error-letter-code = Enter the code from your letter.
first-title = Hello from { $clinic }
first-lead = We made you a private page. No app, no password.
first-open = Open my page
first-not-me = Is this not for you? Call us, and we will put it right.
letter-title = Open your page
letter-code = Code from your letter
letter-hint = 12 letters and numbers
sign-in-title = Sign in
sign-in-lead = We send you a code by email. New here? Start the same way.
sign-in-no-mail = We cannot send you a code by email yet. Call us or come by, and we give you one that opens your page.
sign-in-email = Your email address
sign-in-send = Send me a code
sign-in-letter = I have a code from a letter
sign-in-code-title = Look in your email
sign-in-code-lead = We sent you a code. It works for 15 minutes, on this device.
sign-in-code = 6-digit code
sign-in-code-none = No email? Look in your spam folder, or go back and try again.
sign-in-go = Sign in
sign-in-link-title = Your page at { $clinic }
sign-in-new-here = I have not been here before
introduce-title = Nice to meet you
introduce-lead = Tell us who you are. Then you can ask for a visit.
introduce-name = Full name
introduce-phone = Phone number (you can leave this empty)
introduce-go = Go on
staff-sign-in-title = Sign in to work
staff-sign-in-email = Email address
staff-sign-in-password = Password
staff-sign-in-go = Sign in
staff-sign-in-forgot = Forgot your password? Ask an owner for a new link.
second-title = Enter your code
second-lead = Open the app on your phone. It shows 6 digits.
second-code = Code from the app, or a recovery code
second-lost = Lost your phone? Use a recovery code, or ask an owner.
app-title = Set up your phone
app-lead = Scan this with an authenticator app. It shows a new code every 30 seconds.
app-qr = Code to scan with the app
app-typed = You cannot scan? Type this into the app:
app-code = 6 digits from the app
app-go = Go on
recovery-title = Keep these codes
recovery-lead = If you lose your phone, each code lets you in once. We show them only now.
recovery-done = I have kept them
password-title = Hello { $name }
password-lead = Choose a password for your work here.
password-new = New password
password-hint = 8 letters or more. A few words work well.
password-go = Go on
lock-title = Lock this screen
lock-now = Lock now
lock-not = Back to the day
unlock-title = This screen is locked
unlock-again-title = Enter your password again
unlock-lead = { $name }, enter your password to go on.
unlock-demo = { $name }, this is a demonstration: nobody here has a password. In a real clinic, you enter yours to go on.
unlock-go = Unlock

## me

me-title = Me
me-name = Name
me-email = Email
me-phone = Phone
me-change = Change
me-none = None yet
me-email-waits = We wait for you to confirm { $email }.
me-looks = Who looked at my record
me-looks-lead = Each person is listed once a day.
me-looks-none = Nobody has looked yet.
me-wishes = How you like it
me-language = Language
me-theme = Colours
me-theme-auto = Like my device
me-theme-light = Light
me-theme-dark = Dark
me-reminders = Remind me of visits
me-save = Save
me-wishes-saved = Your wishes are saved.
me-devices = Where you are signed in
me-device-here = This device, now
# $day is a day such as "yesterday".
me-device-seen = Last used { $day }
me-device-out = Sign out
me-device-unknown = Unknown device
me-out-everywhere = Sign out everywhere
me-sign-out = Sign out
me-email-title = Change your email
me-no-mail = We cannot send you an email yet, so this cannot be changed here. Call us or come by.
me-email-lead = We send a link to the new address. Open it to make the change.
me-email-go = Send the link
me-phone-title = Change your phone number
me-phone-now = Your number now:
me-phone-new = New phone number
me-phone-remove = Remove my number
me-phone-remove-explain = Without a number we cannot call you.
me-phone-changed = Your number is changed.
me-phone-removed = Your number is removed.
error-no-phone = Type the new number. To have no number here, use the button below.
proof-title = Is it you?
proof-lead = We ask again before you change how we reach you.
proof-go = Go on
confirm-email-title = Is this your email?
confirm-email-lead = Press the button, and we will write to you here.
confirm-email-go = Yes, write to me here
confirm-email-done = Thank you. We will write to you here.
## patients

patients-title = Patients
patients-new = New patient
patients-filters = Which patients
patients-all = All
patients-never-invited = Never invited
patients-invited = Invited, not opened
patients-active = Use their page
patients-archived = Put away
patients-find = Find a chart
patients-find-in-list = Find in this list
patients-find-hint = Name, phone, birth date, or # and the chart number
patients-find-now = Find
patients-name = Name
patients-born = Born
patients-contact = Contact
patients-last = Last here
patients-next = Next visit
patients-portal = Their page
patients-no-birth-date = No birth date
# The birth date and the age: 4 May 1990, 36 years old
patients-born-line = { $date }, { $age }
patients-no-contact = No contact
# In a table: there is no such visit.
patients-none = None
patients-pages = Pages
patients-first-page = First page
patients-next-page = Next page
# The first and the last name on this page of the list.
patients-from-to = { $first } to { $last }
patients-empty-title = No patients here
patients-empty = Patients in this list show up here.
patients-not-found-title = Nobody found
patients-not-found = Try fewer letters, or a part of the phone number.
patients-export-title = Take a list out
patients-export-explain = Each list is written down in the log, with your name.
patients-export = Patients as a file
patients-export-visits = Visits as a file
# How far a patient has come with their page.
portal-never = Never invited
portal-invited = Invited { $date }
portal-lapsed = Not opened, invited { $date }
portal-asked = Has asked us
# $when is like: 3 days ago
portal-active-seen = Active { $when }
portal-active = Active
portal-closed = Closed
# Why two charts may be of one person.
alike-title = This may be a patient we know
alike-explain = Look at these charts first. Open one, or save a new chart all the same.
alike-why = Why
alike-contact = Same phone or e-mail
alike-name = Same name
alike-name-and-birth = Same name and birth date
# What a message is about, in a list for staff.
message-state-held = Waits
message-state-queued = Goes out next
message-state-sending = On its way
message-state-accepted = Sent
message-state-refused = Refused
message-state-uncertain = Not sure
message-state-stopped = Stopped
message-state-suppressed = Not needed
message-state-by-hand = Sent by hand

## register

register-title = New patient
register-back = All patients
register-given = Given names
register-family = Family name
register-phone = Phone
register-phone-hint = Phone or e-mail is enough.
register-email = E-mail
register-email-hint = For reminders and for their page
register-born = Birth date
register-born-hint = The invitation asks for it.
register-more = More details
register-other-phones = Other phones
register-one-per-line = One on each line
register-gender = Gender
register-language = Language
register-language-clinic = The language of the clinic
register-address = Street and house
register-address-hint = As on a letter
register-city = Town
register-postal-code = Post code
register-region = County or state
register-country = Country
register-desk-note = Note for the front desk
register-desk-note-hint = The patient does not see it.
register-no-reminders = Wants no reminders
register-save = Save the patient
register-anyway = Save a new chart anyway
register-problem-name = Enter a name.
register-problem-contact = Enter a phone number or an e-mail address.
register-problem-email = Check the e-mail address. It looks like name@example.org.
register-problem-birth = Check the birth date. It needs a day, a month and a year.
register-problem-birth-range = Check the year of birth.
gender-not-said = Not said
gender-female = Female
gender-male = Male
gender-other = Other
gender-unknown = Not known
date-day = Day
date-month = Month
date-year = Year
edit-title = Change the details of { $name }
edit-changed-title = Someone else changed this while you typed
edit-changed = Nothing is saved yet. Below is what they saved. Save again to keep yours.
edit-kept-nothing = Empty
edit-kept-yes = Yes
edit-kept-no = No
edit-save = Save the details
edit-need-birth-date = Enter the birth date. The invitation asks for it.

## chart

chart-back = Back to the chart
# The number of a chart, as staff say it on the phone.
chart-number = Chart { $number }
chart-registered = The chart is open.
chart-changed = The details are saved.
chart-put-away = The chart of { $name } is put away.
chart-taken-back = The chart of { $name } is in use again.
chart-merged = The two charts are one now.
chart-parted = The charts are two again.
chart-by-hand = We wrote down that you sent it.
chart-matched = Matched. The patient can use their page now.
chart-access-closed = Their page is closed.
chart-signed-out = Signed out on every device.
chart-take-back = Take the chart back
chart-archived = This chart is put away
chart-deceased = This patient has died
chart-is-merged = This chart is part of another one
chart-new-visit = New visit
chart-invite = Invite
chart-invite-again = Invite again
chart-edit = Change details
chart-merge = Merge with another chart
chart-archive = Put away
chart-revoke = Sign out or close
chart-ahead = Coming up
chart-ahead-none = No visits ahead.
chart-behind = Before
chart-encounters = From other records
chart-visit-pending = Waits for an answer
chart-visit-booked = Booked
chart-visit-arrived = Arrived
chart-visit-started = With the clinician
chart-visit-done = Done
chart-visit-cancelled = Cancelled
chart-visit-missed = Missed
chart-messages = Messages
chart-messages-none = No messages yet.
chart-activity = Who did what, and who looked
chart-alike = May be the same person
chart-compare = Compare
chart-details = Details
chart-phones = Phones
chart-other-names = Other names
chart-identifiers = Numbers elsewhere
chart-reminders = Reminders
chart-no-reminders = None wanted
# The name and the day of the other chart.
chart-merged-from = The chart of { $name } became part of this one on { $date }
access-title = Sign out or close?
access-explain = You can sign { $name } out on every device. Or close their page until you invite them again.
access-sign-out = Sign out everywhere
access-close = Close the page
access-keep = Leave it open

## activity

activity-none = Nothing yet.
role-owner = owner
role-practitioner = clinician
role-front-desk = front desk
role-billing = billing
role-read-only = looks only
role-patient = patient

## people

people-title = People who work here
people-name = Name
people-role = Role
people-state = State
people-seen = Last seen
people-never = Never
people-invited = Invited
people-active = Active
people-closed = Closed
people-invite = Invite someone
people-by-mail = Send the link by email
people-by-link = Show me the link
people-link-title = A link for { $name }
people-link-mailed = We sent it by email too.
people-link-lead = This link sets a password. It works until { $date }. We show it only now.
people-open = Let them in again
people-close = Close this account
people-new-link = New password link
people-new-app = Set up a new phone
people-sign-out = Sign out everywhere
people-sign-out-why = A device was left open or is lost.
people-open-why = They cannot sign in now.
people-new-link-why = They forgot their password.
people-new-app-why = They have a new phone, or lost the old one.
people-close-why = They no longer work here. You can let them in again.
people-two-step = Phone code
people-two-step-on = On
people-two-step-off = Not yet
people-left = Left
people-last-day = Last day { $date }
people-leaves = Last day
people-leaves-hint = Their account closes when this day ends. Leave it empty if they stay.
people-error-last-day = Choose today or a later day.
people-error-changed = Someone else changed this just now. Check it, then save again.
people-calendar = Opens the calendar of
people-calendar-hint = Today and the calendar start with this person.
people-calendar-all = Everyone
people-access = Their account
people-roles-title = What each role can do
people-may-title = What this role can do: { $role }
people-can = Can
people-cannot = Cannot
role-title-owner = Owner
role-title-practitioner = Clinician
role-title-front-desk = Front desk
role-title-billing = Billing
role-title-read-only = Looks only
role-title-patient = Patient
role-short-owner = Runs the clinic and may do all of it.
role-short-practitioner = Sees patients and keeps their own day.
role-short-front-desk = Runs the day, the phone and the door.
role-short-billing = Looks things up and takes lists out.
role-short-read-only = Sees the day and patients. Changes nothing.
deed-own-chart = See their own visits and details
deed-own-request = Ask for a first visit
deed-view-schedule = See the day and the calendar
deed-manage-visits = Book, move and cancel visits, and block time
deed-view-patients = See patients
deed-manage-patients = Add, change, invite and archive patients
deed-merge-patients = Make two charts one
deed-export = Take lists out as files
deed-manage-requests = Answer requests
deed-view-outbox = See messages
deed-manage-outbox = Send, stop and retry messages
deed-manage-services = Change services, hours and closed days
deed-manage-settings = Change the look, mail and other settings
deed-manage-people = Invite people and close accounts
deed-view-audit = Read the log
deed-own-access = Change their own password and phone

## account

account-current = Your password now
account-change = Change password
account-app = Your phone
account-set-up-app = Set up your phone
account-new-app = Use another phone
account-recovery = Recovery codes
account-recovery-left = { $count ->
    [0] You have no codes left.
    [one] You have one code left.
    *[other] You have { $count } codes left.
}
account-recovery-new = Make new recovery codes
account-recovery-title = Make new recovery codes?
account-recovery-lead = You get 10 new codes. The old ones stop working at once.

## visit-link

visit-link-title = Your visit
visit-link-confirmed = You told us that you will come.
visit-link-more = Sign in to see more
visit-link-cancelled = Your visit is cancelled
visit-link-cancelled-lead = Thank you for telling us.
visit-link-keep = Undo, I want to keep it
visit-link-again = Sign in to book another time
## hours

hours-title = Hours
hours-detail = Who works when, and single days that differ
hours-of = Hours of { $name }
hours-day-hint = Write it like 9:00-12:30, 13:30-17:00. Leave a day off empty.
hours-save = Save hours
hours-preview = Show what patients will see
# Takes Monday's hours over to Tuesday, Wednesday, Thursday and Friday.
hours-copy = Use Monday's hours until Friday
hours-from = First day
hours-from-hint = Empty means: as of now.
hours-until = Last day
hours-until-hint = Empty means: until you change it.
hours-weeks = Weekly hours
hours-week-always = Usual week
hours-week-from = From { $date }
hours-week-new = Another week
hours-week-remove = Remove this week
hours-not-saved = Not saved yet
hours-next-title = Patients will see next
hours-next-none = No free times for { $service }.
# Above the times that patients will see; $date is the first day that would change.
hours-next-from = From { $date }
hours-next-none-from = No free times for { $service } from { $date }.
hours-next-no-service = There is no service that patients can book here.
hours-nobody-title = Nobody yet
hours-nobody = Add the first person who sees patients.
hours-outside-title =
    { $count ->
        [one] 1 visit is outside your hours
       *[other] { $count } visits are outside your hours
    }
hours-outside-text = Nothing was cancelled. Move or cancel each visit, or leave it.
# Beside typed opening hours that we cannot use. $part is what was typed.
hours-problem-time = We cannot read "{ $part }". Write it like 9:00-17:00.
hours-problem-end = "{ $part }" has no end. Write it like 9:00-17:00.
hours-problem-empty = "{ $part }" starts and ends at the same time.
hours-problem-backward = "{ $part }" ends before it starts. Write it like 9:00-17:00.
hours-problem-overlap = Put the times in order. They must not overlap.
hours-problem-much = That is too much for one day. Use 8 parts or fewer.
days-title = Single days
days-none = No day is different.
days-off = Day off
days-day = Day
days-last = Last day
days-last-hint = Leave it empty for one day.
days-windows = Hours
days-windows-hint = Leave it empty for a day off.
days-note = Why
days-add = Change these days
days-remove = Remove
days-error-day = Choose the day.
days-error-long = Choose a year or less.
closures-title = Days we are closed
closures-detail = Holidays and other days for the whole clinic
closures-none = No closed days ahead.
closures-add-title = Close the clinic
closures-first = First day
closures-name = Why
closures-name-hint = Patients read this.
closures-add = Close these days
closures-remove = Open again
# 24 December 2026 to 2 January 2027
closures-span = { $from } to { $until }
closures-error-day = Choose the first day.
closures-error-name = Say why, so that patients know.
closures-holidays = Holidays ahead
closures-holidays-hint = Untick the days on which you work.
closures-holidays-keep = Close on these days
practitioner-title = Person who sees patients
practitioner-add = Add a person
practitioner-edit = Name and colour
practitioner-inactive = Not working
practitioner-prefix = Title
practitioner-prefix-hint = Like Dr. You can leave it empty.
practitioner-name = Full name
practitioner-role = What they do
practitioner-role-hint = Patients read this below the name.
practitioner-active = Patients can be booked
practitioner-hue = Colour in the calendar
practitioner-hue-1 = Teal
practitioner-hue-2 = Yellow
practitioner-hue-3 = Purple
practitioner-hue-4 = Green
practitioner-hue-5 = Orange
practitioner-hue-6 = Blue
practitioner-hue-7 = Pink
practitioner-hue-8 = Lime
practitioner-error-name = Enter the full name.

## settings

settings-title = Settings
settings-none = There is nothing here that you can change.
settings-group-practice = Visits and hours
settings-group-look = How patients see you
settings-group-house = How the clinic runs
settings-people-title = People
settings-people-detail = Who works here and what they may do
settings-save = Save
settings-saved = Saved.
settings-error-number = Enter a number from { $min } to { $max }.
settings-error-date = Enter a date like 2026-11-24.
settings-error-date-order = The last day must not be before the first.
clinic-title = Clinic
clinic-detail = Name, phone, place, country
clinic-country = Country
clinic-country-hint = It sets the money, the time and the phone numbers.
clinic-usual = Fill in what is usual there
clinic-kind = What you do
clinic-kind-general = Family doctor
clinic-kind-physiotherapy = Physiotherapy
clinic-kind-dental = Dentist
clinic-kind-psychology = Psychology
clinic-kind-other = Something else
clinic-language = Language
clinic-zone = Time zone
clinic-currency = Money
clinic-currency-hint = Three letters, like EUR.
clinic-emergency = Number for emergencies
clinic-phone = Phone
clinic-phone-hint = Patients call this number.
clinic-address = Address
clinic-address-hint = As on a letter, one line after the other.
clinic-error-currency = Enter three letters, like EUR or GBP.
clinic-error-zone = Choose a time zone from the list.
clinic-error-address = Use 6 short lines or fewer.
clinic-error-emergency = Enter the number that people call for help.
connection-title = Web address
connection-detail = Where patients find you
connection-address = Address
connection-address-hint = Every link in a mail starts with it.
connection-reach = Who can reach it
connection-home = Everyone
connection-home-detail = Patients can use it at home. Mails carry links.
connection-lan = Only people in the building
connection-lan-detail = Mails carry your phone number, not a link.
connection-error-address = Enter an address like https://clinic.example.
localname-title = Name in your network
localname-choose = Change the name
localname-now = Phones on your Wi-Fi find you at
localname-silent = Nothing yet: this machine has no address in a network of yours.
localname-off = Nothing. You have switched the name off.
localname-taken = This name is taken here: { $name }
localname-use = Use it as your address
localname-use-detail = Your address is a number now. Routers change numbers; a name stays.
localname-why = Phones and computers in your building find you by this name. It needs no internet.
localname-label = Name
localname-hint = Letters, digits and hyphens. We add .local. Leave it empty to have none.
localname-error = Use at most { $most } letters, digits and hyphens.
localname-lost = Your address is the old name
localname-lost-detail = Everyone signs in again. Old links, posters and home screens stop working.
localname-sure = I know. Change it.
localname-error-sure = Say that you want to change your address.
certificate-title = Certificate
# A server of the clinic's own stands in front of Anteroom and answers the browsers.
certificate-front = A proxy in front of us secures the connection
certificate-front-detail = Browsers see its certificate, not ours. Whoever looks after the proxy renews it there.
certificate-front-warns = If a phone still warns, ask them to change it.
certificate-front-ours = Between the proxy and us
certificate-front-choice = The certificate here is only for the way from the proxy to us.
certificate-choose = Choose a certificate
certificate-mode = Where it comes from
certificate-own = From this clinic
certificate-own-detail = Each device has to trust you once. Needs no internet.
certificate-visit = From Let’s Encrypt, reached from the internet
certificate-visit-detail = For an address that anyone can open. Renews by itself.
certificate-record = From Let’s Encrypt, with a note in your name’s settings
certificate-record-detail = For a name of your own that is open only in your building.
certificate-files = From two files
certificate-files-detail = You bring them, and new ones in time.
certificate-terms = The terms of Let’s Encrypt
certificate-agree = I accept the terms of Let’s Encrypt
certificate-cert = Certificate file
certificate-cert-hint = Only for two files. Its place on this machine, like /etc/cert.pem.
certificate-key = Key file
certificate-key-hint = Only for two files. It must not have a password.
certificate-error-name = First enter a web address with a name of your own.
certificate-error-agree = Accept the terms of Let’s Encrypt first.
certificate-remembered = Phones will not forget the public one
certificate-remembered-detail = Phones that do not trust this clinic by hand cannot open your address. This lasts { $days } days from their last visit. There is no way past the warning.
certificate-sure = I know. Go back to our own.
certificate-error-sure = Say that you want to go back to your own certificate.
certificate-error-path = Enter a path that begins with /.
certificate-from = Comes from
certificate-source-own = This clinic
certificate-source-public = A public authority
certificate-source-files = Your own files
certificate-names = Names in it
certificate-left = Time left
certificate-days = { $days ->
    [one] { $days } day, until { $date }
   *[other] { $days } days, until { $date }
}
certificate-last = Last try
certificate-next = Next try
certificate-failed = Did not work
certificate-well = Worked
certificate-try = Try now
certificate-fixed = It was set when the server was started. Change it there.
certificate-ends-soon = { $days ->
    [0] Your certificate ends today
    [one] Your certificate ends in { $days } day
   *[other] Your certificate ends in { $days } days
}
certificate-ended = Your certificate has ended
certificate-alarm-look = See what is wrong with it
certificate-record-title = Show that the name is yours
certificate-record-open = Open the page where you bought your name.
certificate-record-add = Add a TXT record with this name and value.
certificate-record-wait = Wait ten minutes. Then say that it is there.
certificate-record-name = Name
certificate-record-value = Value
certificate-record-again = You do this again every two months. We remind you here.
certificate-record-there = It is there
certificate-record-looking = Let’s Encrypt is looking for your record
certificate-unlocks = What browsers allow
certificate-everywhere = Everywhere
certificate-trusting = Where you are trusted
certificate-install = Add to the home screen
certificate-install-detail = The portal opens like an app.
certificate-passkeys = Sign in with a fingerprint
certificate-passkeys-detail = No password to type.
certificate-push = Messages on the phone
certificate-push-detail = They need the internet as well.
certificate-camera = Use the camera
certificate-camera-detail = To scan a code or send a picture.
certificate-missing-name = You need a web name of your own. Then every phone can trust you.
certificate-missing-proof = Choose Let’s Encrypt, and every phone will trust you.
certificate-trust = How a device learns to trust you
reminders-title = Reminders
reminders-detail = What we send before a visit
reminders-text = We send these by mail. Each patient can switch them off.
reminders-week = 7 days before, if booked 10 days ahead
reminders-days = 2 days before
reminders-cost = Say what a missed visit costs
reminders-cost-hint = People miss fewer visits when they read this.
limits-title = Limits
limits-detail = How much is allowed
limits-upcoming = Visits ahead that a patient can book
limits-lock = Lock the screen of staff after
limits-h24 = Show times to staff with 24 hours
limits-per-address = Connections from one place
limits-connections = Connections in all
limits-restart = This takes effect at the next start.
# $address is a web address like https://riverside.local
outside-title = Who this machine speaks with
outside-detail = All whom it calls by itself
outside-lead = Choose one to change it or end it.
outside-nobody = Nobody. This machine answers those who open it, and calls no one.
outside-nothing-else = Nothing else leaves.
outside-quiet = It looks for no updates, and tells no one how you use it.
outside-mail = It gets the messages to patients and to those who work here.
outside-authority = Let’s Encrypt
outside-authority-detail = It gets your web address, and signs the certificate for it.
outside-neighbours = Devices on your own network
outside-neighbours-detail = They hear that { $address } is here. That does not leave your network.
# Before the directory. $name is the place's own name.
outside-backups = Backups on { $name }:
# Reading age: encrypted is the word by which people know it, and the sheet has its name.
outside-backups-detail = It gets the whole clinic, encrypted. Only the recovery sheet opens it.

mailserver-title = Mail
mailserver-detail = How mail leaves the clinic
mailserver-off = No mail leaves yet. It waits in the outbox.
mailserver-host = Mail server
mailserver-host-hint = Like mail.clinic.example
mailserver-port = Port
mailserver-port-hint = Often 587 or 465
mailserver-security = Safe line
mailserver-starttls = STARTTLS (often port 587)
mailserver-tls = TLS (often port 465)
mailserver-plain = None, for a server on this machine
mailserver-user = User name
mailserver-user-hint = Leave it empty if the server wants none.
mailserver-password = Password
mailserver-password-hint = We never show it again.
mailserver-password-kept = We have one. Leave it empty to keep it.
mailserver-forget = Forget the password
mailserver-from = Sender
mailserver-from-hint = Mails come from this address.
mailserver-to = Send a test to
mailserver-to-hint = Only for the test.
mailserver-test = Test it now
mailserver-none = Send no mail
mailserver-error-host = Enter the name of the mail server.
# Reading age: an e-mail address counts as one long word.
mailserver-error-from = Enter an address like front@clinic.example.
# Reading age: an e-mail address counts as one long word.
mailserver-error-to = Enter an address for the test, like you@clinic.example.
mailserver-error-password = Enter the password for this user name.
mailserver-error-plain = A password needs a safe line. Choose STARTTLS or TLS.
mailserver-test-well = It works. Look for the test mail.
mailserver-test-failed = It does not work yet
mailserver-step-well = Done
mailserver-step-failed = Failed
# Before the words of the mail server, as they came.
mailserver-says = The server says:
poster-title = Poster
poster-detail = For your waiting room
poster-headline = Your visits on your phone
poster-qr = The way to { $address }
poster-step-camera = Open the camera of your phone
poster-step-point = Point it at the square
poster-step-book = Tap the link and book a visit
poster-wifi = This works on our Wi-Fi.
poster-here = Phones cannot open this address
poster-here-detail = It means the machine that asks. Give your clinic another address before you print.
poster-number = This address may change
poster-number-detail = It is a number that your router gives. A name stays the same.
poster-old-phones = Some older phones do not know this kind of name
poster-old-phones-detail = They find you with a web name of your own.
poster-untrusted = Phones will warn about this address
poster-untrusted-detail = Your certificate is your own. Patients’ phones do not trust it until you have a public one.
poster-fix = Change the web address

## backups

health-title = Health
health-detail = What is well, and what needs a hand
health-well = All is well. There is nothing for you to do.
health-needs = { $count ->
    [one] One thing needs a hand.
   *[other] { $count } things need a hand.
}
health-alarm-look = See what to do
health-read-only = Nothing can be saved just now
health-read-only-staff = You can look at everything. We save again as soon as we can.
health-full = The disk is full but for the last bit that we keep free. Remove files that are not Anteroom's, or use a larger disk. Everything goes on by itself as soon as there is room.
health-broken = The disk does not answer as it should. We try again by ourselves, and nothing that was saved is lost. If it does not get better in a few minutes, have the disk looked at.
health-says = The system says:
health-low = The disk is nearly full: { $free } are left
health-low-text = Remove files that are not Anteroom's, or use a larger disk. When less than 256 MB are left we save nothing more.
health-clock = The clock of this machine is wrong
health-clock-text = It is before { $time }, when the last thing was written into the log. Set the clock, and let the machine ask a time server. Until then reminders may go out late.
health-backup-failed = The last backup to { $target } failed
health-backup-old = There is no good backup on { $target } since { $time }
health-backup-text = The page about backups says what to do.
health-backup-none = Nothing is backed up
health-backup-none-text = If this disk breaks, everything is gone. Choose a place for backups and print the recovery sheet.
health-certificate-ended = The certificate is over
health-certificate-ends = The certificate ends in { $days ->
    [one] one day
   *[other] { $days } days
}
health-certificate-text = Browsers will refuse this address then. The page about the connection says what to do.
health-mail = Mail is waiting since { $time }
health-mail-text = Look at the messages to see what the mail server says.
health-mail-none-text = There is no mail server. Tell us which one to use, or send these messages by hand.
health-job = { $job }: this should have run by now
health-job-text = Restart the server. If it happens again, ask for help and give them the log of the server.
health-to-backups = Backups
health-to-connection = Connection
health-to-mail = Mail server
health-to-outbox = Messages
health-to-audit = Log
health-to-health = Look again
health-figures = How it stands
health-version = Version
health-version-value = { $version }, running for { $time }
health-disk = Free disk
health-disk-value = { $free } of { $total }
health-database = Data
health-backup = Last good backup
health-backup-never = None yet
health-backup-age = { $time } ago
health-certificate = Certificate
health-certificate-days = { $days ->
    [one] One day left
   *[other] { $days } days left
}
health-unknown = Not known
health-outbox = Messages that wait
health-outbox-none = None
health-sign-ins = Wrong answers at sign-in within 24 hours
health-speed = Speed
health-speed-value = 95 of 100 pages within { $pages } ms, saving within { $commits } ms
health-speed-none = Not measured yet
health-clock-name = Clock
health-clock-well = Right, as far as we can tell
health-clock-forward = Set forward by { $time } since the start
health-clock-back = Set back by { $time } since the start
health-minutes = { $count } min
health-hours = { $count } h
health-days = { $count ->
    [one] one day
   *[other] { $count } days
}
health-jobs = What runs by itself
health-jobs-none = Nothing runs by itself just now.
health-head-job = Job
health-head-last = Last
health-head-next = Next
health-head-state = State
health-job-delivery = Sending messages
health-job-backups = Making backups
health-job-certificate = Renewing the certificate
health-job-cleaning = Cleaning up
health-job-not-yet = Not yet
health-job-well = Well
health-job-trouble = Did not go well
health-job-late = Late
health-metrics = For a program that watches
health-metrics-text = The same figures are at { $path }, in the format of Prometheus. A program on this machine may read them; one elsewhere needs a token. There are no names in them.
health-token-there = There is a token.
health-token-new = Make a token
health-token-renew = Make a new token
health-token-end = End the token
health-token-title = Your token
health-token-text = Copy it now: we show it only once. The token before it is no longer valid.
health-token-use = The program sends it like this:
health-token-back = Back to health

backups-title = Backups
backups-detail = Copies of everything, tried out each time
backups-text = A backup is one locked file with all that you have here. We open each one again to prove that it works.
backups-alarm-failed = The last backup to { $target } failed.
backups-alarm-old = There is no good backup on { $target } since { $time }.
backups-alarm-look = See what to do
backups-now = Back up now
backups-waits = A backup begins in a moment.
backups-runs = A backup to { $target } is being made. { $percent } of 100 parts are done.
backups-look-again = Look again
backups-failed = The backup to { $target } failed: { $time }
backups-fault-missing = The disk is not there. Plug it in or mount it.
backups-fault-not-allowed = We may not write there. Whoever runs this machine can allow it.
backups-fault-full = The disk is full. Make room, or keep fewer backups.
backups-fault-no-room = This machine has too little room to try the backup out. Make room on its own disk.
backups-fault-not-proven = The file did not open as it should. The disk may be broken. Use another one.
backups-fault-other = We try again soon. If it stays like this, use another disk.
# Before the words of the machine, as they came.
backups-says = The machine says:
backups-sheet-title = Recovery sheet
backups-sheet-first = Print this sheet first. Only its key opens your backups. They begin when you type its test word here.
backups-sheet-show = Show the sheet to print it
# $date is like: 24 November 2026
backups-sheet-checked = You have it on paper. You showed us on { $date }.
backups-word = Test word
backups-word-hint = It stands on the sheet, below the key.
backups-word-check = Check the word
backups-error-word = This is not the word on the sheet. Look at the sheet and type it again.
backups-sheet-what = With this key and one backup, your clinic comes back on any machine.
backups-sheet-key = Key
backups-sheet-qr = The key as a square to scan
backups-sheet-word = Test word
backups-sheet-how-title = How to bring the clinic back
backups-sheet-how = Install Anteroom on a machine. Type this, and then the key:
backups-sheet-lost = If this key is lost, nobody can open your backups.
backups-sheet-keep = Keep this sheet away from the machine. Anyone with it and a backup can read all of it.
backups-where-title = Where and when
backups-none = There is no place for backups yet. Whoever runs this machine adds one with:
backups-none-hint = Use a second disk or a stick, not the disk of the machine.
backups-targets = Back up to
# $place is the path of a directory; $age is like: Last proven 3 hours ago
backups-target-detail = { $place }. { $age }
backups-never = None proven yet
backups-age-hours = { $hours ->
    [0] Proven less than 1 hour ago
    [one] Proven { $hours } hour ago
   *[other] Proven { $hours } hours ago
}
backups-age-days = { $days ->
    [one] Proven { $days } day ago
   *[other] Proven { $days } days ago
}
backups-often = How often
backups-often-off = Only when I ask
backups-often-hour = Every hour
backups-often-six = Every 6 hours
backups-often-day = Every day
backups-time = Time, if it is every day
backups-error-time = Enter a time like 01:30.
backups-keep = How long we keep them
backups-keep-hint = We keep the last one of each hour, day, week and month. We delete the others.
backups-keep-hours = Hours
backups-keep-days = Days
backups-keep-weeks = Weeks
backups-keep-months = Months
backups-last-title = The last backups
backups-last-none = There is none yet.
backups-head-when = Made
backups-head-size = Size
backups-head-proven = Proven
backups-head-where = File
backups-not-proven = Not proven

## services

services-title = Services
services-detail = What can be booked
services-add = Add a service
services-none-title = No services yet
services-none = Add the first thing that people can book.
services-head-name = Name
services-head-length = Length
services-head-price = Price
services-head-online = Patients
services-head-order = Order
services-up = Up
services-down = Down
services-state-off = Not offered
services-state-desk = Call to book
services-state-instant = Book at once
services-state-request = Ask first
service-title = Service
service-name = Name
service-description = What it is
service-description-hint = One sentence for people who do not know it.
service-duration = Length
service-price = Price
# $currency is three letters, like EUR.
service-price-hint = In { $currency }. Leave it empty for no price.
service-before = Free time before
service-after = Free time after
service-step = A start every
service-step-hint = In minutes. 0 means: one after the other.
service-lead = Book at the latest
service-horizon = Book ahead
service-cancel = Cancel at the latest
service-move = Change the time at the latest
service-in-minutes = In minutes.
service-in-hours = Hours before the visit.
service-in-days = In days.
service-online = How patients get a time
service-online-instant = They book it
service-online-instant-detail = The time is theirs at once.
service-online-request = They ask for it
service-online-request-detail = You say yes or no.
service-online-off = They call
service-online-off-detail = Patients do not see it here.
service-who = Who offers it
service-who-hint = Tick no one for everyone.
service-active = We offer this
service-error-name = Enter a name that patients know.
service-error-price = Enter a price like 45 or 45.50.
service-error-price-large = This price is too large.
service-error-price-decimals = This price has too many digits after the point.
service-error-currency = Choose the money of the clinic first.

## look

look-title = Look
look-detail = Name, logo and colour
look-name = Name of the clinic
look-welcome = Welcome line
look-welcome-hint = Patients read it on their first page.
look-samples = Colour
look-sample-teal = Teal
look-sample-blue = Blue
look-sample-violet = Violet
look-sample-berry = Berry
look-sample-rust = Rust
look-sample-honey = Honey
look-sample-leaf = Leaf
look-sample-slate = Slate
look-sample-own = My own colour
look-colour = Your own colour
look-colour-hint = A # and six signs, like #0b7285.
look-logo = Logo
look-logo-hint = PNG, JPEG or WebP, up to { $size }.
# Beside a logo that was chosen in this form.
look-logo-chosen = Chosen, not saved yet
look-no-logo = Use no logo
look-publish = Publish
look-published = Everyone sees the new look.
look-before = Go back to the look before
look-preview = Show me first
look-preview-title = What patients see
look-darker = We made your colour a little darker on buttons, so all can read them.
look-lighter = We made your colour a little lighter on buttons, so all can read them.
look-readable = Everyone can read your colour. We use it as it is.
look-preview-light = A phone by day
look-preview-dark = A phone by night
look-preview-mail = An email
look-preview-poster = The poster
look-error-name = Enter the name of the clinic.
look-error-colour = Enter a # and six signs, like #0b7285.
look-error-large = This file is too large. Use up to { $size }.
look-error-image = We cannot use this file. Choose a PNG, JPEG or WebP.
look-error-damaged = This picture is damaged. Save it again, then choose it.

## setup

setup-steps = Steps
setup-step-you = You
setup-step-clinic = Clinic
setup-step-services = Services
setup-step-hours = Hours
setup-step-look = Look
setup-step-second-factor = Safe sign-in
setup-sheet-text = Print this sheet and keep it safe. Only its key opens your backups. Type its test word, so that we know you have it.
setup-step-recovery-sheet = Recovery sheet
setup-continue = Continue
setup-skip = Skip this
setup-later = Do this later
setup-you-title = Set up your clinic
setup-you-text = It takes five minutes. You can change it all later.
setup-code = Set-up code
setup-code-hint = It stands in the window where you started Anteroom. The command anteroom setup-code shows it too.
setup-name = Your full name
setup-error-code = Enter the code from the window where you started Anteroom.
setup-error-name = Enter your full name.
# Reading age: an e-mail address counts as one long word.
setup-error-email = Enter your e-mail address, like you@clinic.example.
setup-error-password = Choose a password.
setup-clinic-title = Your clinic
setup-clinic-more = Language, time and money
setup-services-title = What do you offer?
setup-services-text = Untick what you do not do. Prices can wait.
setup-services-own = Something else you offer
setup-services-minutes = Minutes
setup-services-price = Price in { $currency }
setup-error-services = Tick one service or more.
setup-error-twice = This name is there already. Choose another one.
setup-hours-title = When do you see people?
setup-hours-text = These are hours for one person. You can add others later.
setup-hours-who = Whose hours are these?
setup-hours-who-hint = Patients read this name.
setup-error-hours = Enter hours for one day or more.
setup-look-title = Patients can book now
setup-look-text = Now choose your colour. You can skip this.
setup-second-has = Your sign-in is safe already.
setup-done-title = You are ready
setup-done-text = Your clinic is open. What would you like to do next?
setup-done-visit = Book a test visit
setup-done-patient = Open what patients see
setup-done-poster = Print the poster
setup-done-today = Go to Today
setup-done-backups = Choose where backups go
setup-todo-title = Get ready
setup-todo-label = Done so far:
setup-todo-count = { $done } of { $all }
setup-todo-done = Done
setup-todo-open = Set up services and hours
setup-todo-look = Choose your colour and logo
setup-todo-second-factor = Make your sign-in safe
setup-todo-sheet = Print the recovery sheet
setup-todo-mail = Set up mail
setup-todo-people = Invite someone who works here
setup-todo-patients = Add the first patient
# Names of services that a new clinic may offer.
setup-service-check-up = Check-up
setup-service-new-patient = First visit for new patients
setup-service-follow-up = Follow-up
setup-service-blood-test = Blood test
setup-service-vaccination = Vaccination
setup-service-phone = Phone call
setup-service-first-visit = First visit
setup-service-treatment = Treatment
setup-service-long-treatment = Long treatment
setup-service-massage = Massage
setup-service-exercise = Exercise
setup-service-dental-check = Check of your teeth
setup-service-cleaning = Cleaning
setup-service-filling = Filling
setup-service-toothache = Toothache
setup-service-first-talk = First talk
setup-service-session = Session
setup-service-couple = Session for two
setup-service-short-talk = Short talk
setup-service-video = Video call
setup-service-visit = Visit
setup-service-short-visit = Short visit

## audit

audit-title = Log
audit-detail = Who did what, and who looked at what
audit-find = Find in the log
audit-who = Who
audit-anyone = Anyone
audit-action = What
audit-anything = Anything
audit-patient = Patient
audit-from = From
audit-until = Until
audit-head-when = When
audit-head-detail = Details
audit-more =
    { $count ->
        [one] and 1 more
       *[other] and { $count } more
    }
pages-label = Pages
pages-newest = Newest
pages-older = Older
audit-here =
    { $count ->
        [one] 1 line
       *[other] { $count } lines
    }
audit-none-title = Nothing found
audit-none = Change what you look for.
audit-take-out = Take these lines out as a file
audit-error-patient = We find nobody of this name.
audit-error-which = More than one person fits. Choose one below.
audit-action-clinic-create = Clinic made
audit-action-page-view = Page looked at
audit-action-export = Taken out as a file
audit-action-settings-change = Settings changed
audit-action-practitioner-change = Person who sees patients changed
audit-action-service-change = Service changed
audit-action-hours-change = Hours changed
audit-action-closure-change = Closed days changed
audit-action-block-change = Time blocked or freed
audit-action-patient-register = Patient added
audit-action-patient-change = Patient changed
audit-action-patient-archive = Chart put away or back
audit-action-patient-merge = Charts joined or parted
audit-action-import = Patients read from a file
audit-action-access-invite = Invited
audit-action-access-link = Link or code used
audit-action-access-sign-in = Signed in
audit-action-access-sign-out = Signed out
audit-action-access-lock = Screen locked or opened
audit-action-access-change = Access changed
audit-action-visit-hold = Time held
audit-action-visit-book = Visit booked
audit-action-visit-request = Visit asked for
audit-action-visit-answer = Request answered
audit-action-visit-move = Visit moved
audit-action-visit-cancel = Visit cancelled
audit-action-visit-confirm = Visit confirmed
audit-action-visit-advance = Visit went on
audit-action-visit-undo = Change taken back
audit-action-visit-note = Note changed
audit-action-request-registration = New patient asked
audit-action-outbox = Message handled
audit-action-access-seen = Device seen

## outbox

outbox-none-title = No messages
outbox-none = When we write to someone, you see it here.
outbox-look-title =
    { $count ->
        [one] 1 message needs a look
       *[other] { $count } messages need a look
    }
outbox-look-show = Show them
outbox-no-server-title = No mail leaves yet
outbox-no-server = Messages wait here until there is a mail server.
outbox-late-title =
    { $count ->
        [one] 1 message waits since { $time }
       *[other] { $count } messages wait since { $time }
    }
outbox-filter = Show
outbox-filter-all = All
outbox-filter-look = Needs a look
outbox-letter-to = To
outbox-letter-subject = Subject
outbox-letter-what = What it says
outbox-letter-shown = Links and codes are left out: they are for the reader alone.
outbox-letter-demo = In this demonstration nothing leaves, so links and codes are shown here.
outbox-letter-back = All messages
outbox-head-what = What
outbox-head-when = When
outbox-head-state = State
outbox-head-do = Do
outbox-state-held = Waits
outbox-state-queued = Leaves soon
outbox-state-sending = Leaves now
outbox-state-accepted = Sent
outbox-state-refused = Not sent
outbox-state-uncertain = Not sure
outbox-state-stopped = Stopped
outbox-state-suppressed = Not needed
outbox-state-by-hand = Sent by hand
# $left is minutes and seconds: 2:41
outbox-sends-soon = Sends now
outbox-sends-in = Sends in { $left }
outbox-sends-at = Sends on { $time }
outbox-tries =
    { $count ->
        [one] Tried once
       *[other] Tried { $count } times
    }
outbox-send-now = Send now
outbox-stop = Stop
outbox-retry = Try again
outbox-retry-twice = Send once more
outbox-uncertain = It may have arrived. Ask before you send it once more.
outbox-did-send = It leaves now.
outbox-did-stop = Stopped. It will not leave.
outbox-did-retry = We try it again.
outbox-here =
    { $count ->
        [one] 1 message
       *[other] { $count } messages
    }
outbox-kind-invitation = Invitation
outbox-kind-sign-in = Sign-in code
outbox-kind-booked = Visit booked
outbox-kind-requested = Visit asked for
outbox-kind-declined = Time not possible
outbox-kind-moved = Visit moved
outbox-kind-cancelled = Visit cancelled
outbox-kind-week = Reminder, 7 days before
outbox-kind-days = Reminder, 2 days before
outbox-kind-confirm-contact = Check of a new address
outbox-kind-contact-changed = Contact changed
outbox-kind-staff-invitation = Invitation to work here
outbox-kind-welcome = Welcome
outbox-kind-turned-away = No room for a new patient
role-system = by itself
activity-clinic-create = The clinic was made
activity-page-view = Looked at
activity-export = In a list that was taken out
activity-settings = Settings changed
activity-practitioner = Clinician changed
activity-service = Service changed
activity-hours = Hours changed
activity-closure = Closing days changed
activity-block = Time blocked or freed
activity-register = Registered
activity-change = Details changed
activity-archive = Put away or taken back
activity-merge = Merged or parted
activity-import = Read from a file
activity-invite = Invited
activity-link = Link used
activity-sign-in = Signed in
activity-sign-out = Signed out
activity-lock = Screen locked or unlocked
activity-login = Access changed
activity-hold = Time held
activity-book = Visit booked
activity-request = Visit asked for
activity-answer = Request answered
activity-move = Visit moved
activity-cancel = Visit cancelled
activity-confirm = Said they will come
activity-advance = Visit went on
activity-undo = Change taken back
activity-note = Note changed
activity-registration = Asked to be a patient, or was answered
activity-outbox = Message sent, stopped or tried again
activity-seen = Used a device

## archive

archive-title = Put this chart away
archive-explain = They get no more messages, and nobody can book for them.
archive-visits =
    { $count ->
        [one] One visit ahead stays booked
       *[other] { $count } visits ahead stay booked
    }
archive-visits-explain = Cancel what will not take place.
archive-why = Why?
archive-left = They come no more
archive-died = They have died
archive-reason = Reason
archive-reason-hint = For those who come no more: moved away, for example
archive-on = Day of death
archive-on-hint = Leave it empty if you do not know.
archive-now = Put the chart away
archive-problem-why = Choose why.
archive-problem-reason = Say why they come no more.
archive-problem-date = Check the date. It needs a day, a month and a year.

## merge

merge-choose-title = Which chart is the same person?
merge-choose-explain = Choose the other chart of { $name }. You see what happens before you merge.
merge-nobody-title = Nobody found
merge-nobody = Look for the other chart by name, phone or birth date.
merge-choose = Choose
merge-title = Make two charts one
merge-which = Chart
merge-number = Number
merge-both = The two charts
merge-stays = Stays
merge-goes = Goes
merge-unlike-title = These look like two people
merge-unlike = Name, birth date and contact all differ. Check before you merge.
merge-moves = What moves over
merge-moves-visits =
    { $count ->
        [0] No visits
        [one] One visit
       *[other] { $count } visits
    }
merge-moves-encounters =
    { $count ->
        [one] One visit from other records
       *[other] { $count } visits from other records
    }
merge-moves-messages =
    { $count ->
        [one] One message
       *[other] { $count } messages
    }
merge-moves-login = The way they sign in
merge-closes-login = Both can sign in today. The access of the chart that goes is closed.
merge-explain = Nothing is deleted. You can part the two charts again.
merge-name = Which name?
merge-birth-date = Which birth date?
merge-phone = Which phone first?
merge-email = Which e-mail?
merge-address = Which address?
merge-language = Which language?
merge-now = Make them one
merge-swap = Keep the other chart
merge-part = Part them again
merge-part-title = Part the two charts again?
merge-part-explain =
    { $count ->
        [0] Nothing that moved over goes back, only the details do. The other chart:
        [one] One thing goes back to the other chart:
       *[other] { $count } things go back to the other chart:
    }
merge-part-now = Part the charts
merge-part-keep = Leave them as one

## invite

invite-title = Invite { $name }
invite-mailed = The invitation is on its way
invite-scan = Scan it with their phone
invite-qr-label = Invitation
invite-step-camera = Open the camera of your phone.
invite-step-open = Point it at the square and tap the link.
invite-step-birth = Enter your birth date.
invite-until = It works until { $date }, once.
invite-by-mail = By mail
invite-by-mail-explain = We send a new invitation to { $address }. This one stops working.
invite-no-mail = There is no mail server yet. Use one of the other ways.
invite-send-mail = Send by mail
invite-by-letter = By letter
invite-by-letter-explain = A page with the square and a code to type.
invite-print = Show the letter
invite-by-hand = By hand
invite-words = Words to send
invite-copy = Copy the words
invite-sms = Open in messages
# Words about a visit that staff send themselves. $what is a kind of message, such as "Reminder".
by-hand-offer = Tell it by hand: { $what }
by-hand-title = Words for { $name }
by-hand-back = The visit
by-hand-recorded = It is in the list of messages as given by hand.
invite-by-hand-explain = When you have sent it, tell us. Then it is in the list of messages.
invite-copied = I sent the words
invite-sms-sent = I sent it from a phone
# The letter that a patient reads.
invite-letter-title = Your page at { $clinic }
letter-hello = Dear { $name },
letter-what = On your page you see your visits, and you can book and change them.
letter-no-camera = No camera? Go to { $page } and type this code:
letter-until = The code works until { $date }, once.
letter-not-you = If this letter is not for you, throw it away.

## requests

requests-title = Requests
requests-back = All requests
requests-empty-title = No requests
requests-empty = When someone asks for a visit, you see it here.
requests-people = People we do not know yet
requests-visits = Visits that wait for your answer
requests-asked = Asked on { $when }
requests-accept = Accept
requests-decline = Decline
requests-person-declined =
    { $told ->
        [0] Declined: { $name }.
       *[other] Declined: { $name }. We tell them now.
    }
requests-alike = This may be
requests-match = Is it them?
requests-this = This is them
requests-this-and-book = This is them, and book
requests-create = New patient
requests-create-and-book = New patient, and book
requests-other = Find their chart
requests-find-title = Which patient is this?
requests-decline-visit = Decline this visit
requests-decline-person = Decline this person
requests-reason = Reason
requests-reason-hint = For a visit, the patient reads it on their page.
requests-decline-now = Decline
requests-problem-reason = Say why.

## links that open nothing any more

dead-link-title = This link does not work any more
dead-link-invitation = It may be used already, or older than 14 days. A newer one also ends it.
dead-link-sign-in = Links and codes to sign in work once, for 15 minutes. Only the newest one works.
dead-link-visit = Perhaps the visit has begun or is over.
dead-link-address = Links like this work once, for one day. Only the newest one works.
dead-link-work = Links to choose a password work once, for 14 days. Ask an owner of the clinic for a new one. If you have chosen your password, sign in.
dead-link-where = We send a new one to the email address that we have for you.
dead-link-new = Send me a new link
dead-link-type = Type my email address
dead-link-home = Go to my page
sign-in-code-by-link = If we know your address, we sent you a new link and a code. They work for 15 minutes.
sign-in-code-again = Type my email address again
error-no-code = Ask for a code first. We send it to your email address.
error-letter-code-unknown = We do not know this code. Look at your letter again, or call us.

## before a session ends

session-locks = Nobody used this screen for a while. It locks in one minute.
session-signs-out = You will be signed out in one minute. Send what you typed now.
session-over = You are signed out or locked. What you typed is still here.
session-stay = Stay signed in
session-sign-in = Sign in in a new tab
session-unlock = Unlock in a new tab
