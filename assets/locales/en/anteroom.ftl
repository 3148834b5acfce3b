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
