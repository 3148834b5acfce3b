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
