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

# Someone who asked to be a patient is one now.
mail-welcome-subject = You can use your page at { $clinic }
mail-welcome-title = We know who you are now
mail-welcome-text = You are our patient now. You can see and book your visits on your page.
# Someone who asked to be a patient cannot be one.
mail-turned-away-subject = Your request to { $clinic }
mail-turned-away-title = We cannot take you as a patient
mail-turned-away-text = We are sorry. Call us if you want to know more.

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
trouble-stale-title = This page was open too long
trouble-stale = Nothing was changed. Go back, load the page again, and try once more.
trouble-failed-title = There is a problem on our side
trouble-failed = Nothing was changed. Try again in a minute, or call us.
trouble-code = If you call, tell us this code: { $code }
trouble-home = Go to the first page

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
refused-no-birth-date = Add the birth date first. The invitation asks for it.
refused-prove-again = Show us again that it is you. Then try once more.
refused-password-short = Use { $least } letters or more.
refused-password-long = Use { $most } letters or fewer.
refused-password-common = Many people use this password. Choose another one.
refused-password-our-words = Do not use your name or our name. Choose other words.

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
visit-requested-title = We have your request
visit-requested-next = We keep this time for you and answer soon. Nothing is booked yet.
visit-confirm = Yes, I will come
visit-change = Change time
visit-add-to-calendar = Add to calendar
visit-cancel = Cancel visit
visit-again = Book again
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
toast-booked = Your visit is booked.
toast-moved = Your visit is moved.
toast-cancelled = Your visit is cancelled.
toast-confirmed = Thank you. We look forward to seeing you.
toast-undone = Done. It is as it was before.

## book

book-reason-title = What do you need?
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

## move

move-title = Choose a new time
move-now = Your visit now:

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

## limit

limit-too-large-title = That is too large
limit-too-large = Send less at once. Nothing was changed.
limit-too-slow-title = The connection was too slow
limit-too-slow = We did not get all of it. Nothing was changed. Try again.
limit-busy-title = We are very busy
limit-busy = Try again in a minute.

## trust

# The page on plain HTTP: how a device learns to trust the clinic's own certificate.
trust-title = Trust this clinic on your device
trust-why = This clinic has its own certificate. Install it once, and this device connects safely.
trust-download = Download the certificate
trust-compare = Compare its fingerprint with the one the clinic shows you.
trust-install = Open the file and say that you trust it.
trust-continue = Go on to the clinic

## demo

demo-title = Try the clinic as { $name }
demo-role = This is a demonstration. Nothing here is real.
demo-enter = Enter

## patients

patients-title = Patients
patients-new = New patient
patients-filters = Which patients
patients-all = All
patients-never-invited = Never invited
patients-invited = Invited, not opened
patients-active = Use their page
patients-archived = Put away
patients-find = Find a patient
patients-find-in-list = Find in this list
patients-find-hint = Name, phone or birth date
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
message-invitation = Invitation
message-sign-in = Link and code to sign in
message-booked = Visit booked
message-requested = Request received
message-declined = Request declined
message-moved = Visit moved
message-cancelled = Visit cancelled
message-reminder-7 = Reminder, 7 days before
message-reminder-2 = Reminder, 2 days before
message-confirm-contact = New address to confirm
message-contact-changed = Contact details changed
message-staff-invitation = Invitation to work here
message-welcome = Welcome
message-turned-away = Not taken as a patient
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
edit-save = Save the details
edit-need-birth-date = Enter the birth date. The invitation asks for it.

## chart

chart-back = Back to the chart
# The number of a chart, as staff say it on the phone.
chart-number = Chart { $number }
chart-registered = The chart is open.
chart-changed = The details are saved.
chart-put-away = The chart is put away.
chart-taken-back = The chart is in use again.
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
invite-send-mail = Send by mail
invite-by-letter = By letter
invite-by-letter-explain = A page with the square and a code to type.
invite-print = Show the letter
invite-by-hand = By hand
invite-words = Words to send
invite-copy = Copy the words
invite-sms = Open in messages
invite-by-hand-explain = When you have sent it, tell us. Then it is in the list of messages.
invite-copied = I sent the words
invite-sms-sent = I sent it from a phone
# The letter that a patient reads.
letter-title = Your page at { $clinic }
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
requests-accepted = Accepted. We tell the patient in 3 minutes.
requests-declined = Declined. We tell the patient in 3 minutes.
requests-person-declined = Declined. We tell them now.
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
