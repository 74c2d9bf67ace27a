# English, the complete catalogue: every other language may lack texts, this one may not.
# Two stars make bold. Numbers come as numbers, so that plurals can be chosen. A line that continues a text is indented.

### Meeting the bot

welcome =
    👋 Welcome to Masquerade!

    Here you meet a stranger and talk. Neither of you learns who the other is: no names, no usernames, no photos of your profile.

    Two short questions first.
welcome-back = 👋 Welcome back! Press **{ menu-find }** whenever you like.

ask-gender = What is your gender?
gender-male = Male
gender-female = Female
gender-other = Other

ask-age = How old are you? Type a number from { $min } to { $max }.
age-not-a-number = That does not look like an age 🙂 Please type a whole number from { $min } to { $max }, like 25.
age-too-low = You must be at least { $min } to use this bot.
age-too-high = Please type your real age, { $max } at most.
# $date is the first day on which it can be changed, such as 2031-05-17.
age-too-soon = You have corrected your age a short while ago. You can change it again from { $date } on.
age-other-side = People under 18 and adults never meet here, so this change is possible from { $date } on. Your age stays as it was.
age-other-side-for-good = People under 18 and adults never meet here, so you cannot change your age to that. It stays as it was.

profile-saved = ✅ Saved. You are ready: press **{ menu-find }**.
profile-card =
    👤 **Your profile**
    Gender: { gender-name }
    Age: { $age }

    A partner sees your gender and an age range, nothing else.
profile-first = Please finish your profile first, it takes a moment.
edit-gender = Change gender
edit-age = Change age

# $gender is male, female or other.
gender-name =
    { $gender ->
        [male] { gender-male }
        [female] { gender-female }
       *[other] { gender-other }
    }

# $band is the number of the age band, 0 for people under 18.
band-name =
    { $band ->
        [0] { band-minor }
        [1] { band-18 }
        [2] { band-25 }
        [3] { band-35 }
        [4] { band-45 }
       *[5] { band-55 }
    }
band-minor = under 18
band-18 = 18–24
band-25 = 25–34
band-35 = 35–44
band-45 = 45–54
band-55 = 55 or older

### The reply keyboard

menu-find = 🔍 Find partner
menu-profile = 👤 Profile
menu-help = ❓ Help
menu-vip = ⭐ Premium
menu-cancel = ✖️ Cancel search
menu-next = ⏭ Next
menu-stop = ⏹ Stop
menu-hint = Press **{ menu-find }** to meet somebody.

### Searching

searching = 🔍 Looking for a partner… You will hear from me as soon as somebody is there.
searching-progress =
    🔍 Looking for a partner… { $minutes ->
        [0] { $seconds } s
       *[other] { $minutes } min { $seconds } s
    }
widen-question = 🕰 Nobody who fits your wishes is here right now. Shall I look for anybody?
widen = Yes, anybody
widened = 🔍 Now looking for anybody.
already-searching = 🔍 You are already searching. A moment's patience!
wait-in-search = 🔍 Still searching: nobody reads along yet. Press **{ menu-cancel }** to stop.
search-cancelled = Search cancelled.
nobody-now = Nobody right now 😕 Please try again in a little while.
search-lost = Your search was interrupted on our side, sorry. Press **{ menu-find }** to search again.
not-searching = You are not searching at the moment.
searching-elsewhere = 🔍 You are already searching in @{ $bot }.
searching-elsewhere-unnamed = 🔍 You are already searching in another of our bots.

### Chatting

# $vip is 1 for a partner with a VIP badge, otherwise 0.
matched =
    🎉 **Partner found!** Say hello.

    { gender-name }, { band-name }{ $vip ->
        [0] { "" }
       *[other] { " " }⭐ VIP
    }

    /next for somebody else, /stop to leave
already-chatting = 💬 You are in a chat. Use /next for another partner or /stop to leave.
chatting-elsewhere = 💬 You are in a chat in @{ $bot }.
chatting-elsewhere-unnamed = 💬 You are in a chat in another of our bots.
go-to-bot = Open that bot
you-left = 🚪 You left the chat.
stopped = 🚪 Done: you are neither searching nor in a chat.
partner-left = 🚪 Your partner left the chat.
partner-next = 🚪 Your partner left the chat and moved on.
partner-gone = 🚪 Your partner is gone. The chat has ended.
chat-ended-idle = 💤 Nobody wrote for a long time, so the chat has ended.
chat-ended-lost = 😕 The chat has ended: we lost the connection to your partner, sorry.
not-in-chat = You are not in a chat at the moment.

### Messages that were not delivered

not-delivered-flood =
    ⏳ Not delivered: Telegram asks us to slow down. Please try again in { $seconds ->
        [0] a moment
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }.
not-delivered-refused = ⚠️ Not delivered: Telegram did not accept this message.
not-delivered-voice = 🎙 Not delivered: your partner does not accept voice messages and video notes. Please write instead.
not-delivered-privacy = 🔒 Not delivered: your partner's privacy settings do not allow it.
not-delivered-kind = 🔒 Not delivered: your partner does not accept messages of this kind. Please say it in another way.
not-delivered-limited = ⏳ Not delivered: Telegram limits this bot at the moment. Please try again later.
not-delivered-premium = ⚠️ Not delivered: something in this message needs Telegram Premium. Please send it without.
not-delivered-empty = ⚠️ Not delivered: to Telegram this message is empty.
not-delivered-formatting = ⚠️ Not delivered: Telegram did not accept the formatting of this message. Please send it without.
not-delivered-link = ⚠️ Not delivered: Telegram did not accept a link in this message.
not-delivered-file-gone = ⚠️ Not delivered: Telegram does not have this file any more. Please choose it anew.
not-delivered-file = ⚠️ Not delivered: Telegram did not accept this file. Please send it in another format.
not-delivered-photo = ⚠️ Not delivered: Telegram did not accept this photo. It may be too big or too narrow: please send it as a file.
not-delivered-sticker = ⚠️ Not delivered: Telegram did not accept this sticker. Please choose another one.
not-delivered-album = ⚠️ Not delivered: these files cannot go together. Please send them one by one.
not-delivered-poll = ⚠️ Not delivered: Telegram did not accept this poll. Please make another one, perhaps a shorter one.
not-delivered-too-long = ⚠️ Not delivered: this message is too long. Please send it in parts.
not-delivered-caption-too-long = ⚠️ Not delivered: this caption is too long. Please make it shorter, or send it as a message of its own.
not-delivered-file-too-big = ⚠️ Not delivered: your partner uses another bot, and files that big cannot go there.
not-delivered-file-elsewhere = ⚠️ Not delivered: your partner uses another bot, and files cannot go there. Texts can.
not-delivered-chat-over = ⚠️ Not delivered: the chat was over before your last message reached your partner.
not-delivered-unreachable = ⚠️ Not delivered: there was no answer in time. Please send it again.
edit-not-mirrored = ✏️ This change was not passed on: what your partner sees stays as it was.
edit-too-late = ✏️ This change was not passed on: the message is too old to be changed.
edit-other-kind = ✏️ This change was not passed on: Telegram does not let another kind of message take the place of this one.
refuse-contact = 🛡 Contacts are not passed on: they would tell who you are.
refuse-location = 🛡 Locations are not passed on: they would tell where you are.
refuse-self-destructing = 🛡 Photos and videos that vanish are not passed on: there they would stay.
refuse-game = Games are not passed on.
refuse-payment = Invoices and paid media are not passed on.
refuse-giveaway = Giveaways are not passed on.
refuse-story = 🛡 Stories are not passed on: they would tell whose they are.
refuse-via-bot = 🛡 Messages made with another bot are not passed on.
refuse-command = This looks like a command, so it was not passed on. A command works as a new message of its own: /help shows them.
refuse-kind = This kind of message cannot be passed on.
too-fast =
    ✋ A little slower, please: what comes too fast is not passed on. Go on in { $seconds ->
        [0] a moment
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }.

### Required channels

join-channels = 📣 Please join first, then press **{ joined }**.
join-channels-unsure =
    📣 Please join first.

    Right now I cannot see who has joined, sorry. Join, and press **{ joined }** in a little while.
join-channel = 📣 { $title }
joined = I joined ✅
channels-joined = ✅ Thank you for joining!
still-not-member =
    { $count ->
        [one] You have not joined yet: one channel is left.
       *[other] You have not joined yet: { $count } channels are left.
    }
membership-unsure = I cannot see right now who has joined, sorry. Please try again in a little while.

### VIP and payments

# $until and other dates are such as 2031-05-17. $history has a line for each of $payments payments. $plan is the state of a
# subscription: alive, cancelled, failed, or none. $chatting is 1 in a chat, where VIP is not sold.
vip-state-active =
    ⭐ **You are VIP until { $until }** ({ $days ->
        [one] one day left
       *[other] { $days } days left
    }).{ vip-subscription }

    { vip-what }{ vip-history }{ vip-in-chat }
vip-state-over =
    ⭐ Your VIP ended on { $until }.{ vip-subscription }

    { vip-what }{ vip-history }{ vip-in-chat }
vip-state-none =
    ⭐ **Premium**

    { vip-what }{ vip-history }{ vip-in-chat }
vip-what = VIPs are found first, choose whom they want to meet, and have a ⭐ badge.
vip-subscription =
    { $plan ->
        [none] { "" }
        [cancelled] { " " }Your subscription is cancelled and will not be renewed.
        [failed] { " " }The renewal failed: your balance of Stars was too low.
       *[alive] { " " }It renews by itself every month; Telegram's settings, My Stars, end it.
    }
vip-history =
    { $payments ->
        [0] { "" }
       *[other] { vip-history-lines }
    }
vip-history-lines =
    { "" }

    Your payments:
    { $history }
vip-in-chat =
    { $chatting ->
        [0] { "" }
       *[other] { vip-not-in-chat }
    }
vip-not-in-chat =
    { "" }

    You can buy VIP for yourself when you are not in a chat.
vip-plan =
    { $days ->
        [one] One day
       *[other] { $days } days
    } · { $stars } ⭐
vip-plan-monthly = Every { $days } days · { $stars } ⭐
vip-trial =
    🎁 Try it for { $days ->
        [one] one day
       *[other] { $days } days
    }, free
vip-wishes = 💫 Whom I want to meet
gift-partner = 🎁 A gift for your partner
gift-last-partner = 🎁 A gift for your last partner
gift-by-link = 🎁 A gift by link

invoice-title =
    { $days ->
        [one] One day of VIP
       *[other] { $days } days of VIP
    }
invoice-description =
    { $days ->
        [one] VIP for one day
       *[other] VIP for { $days } days
    }: you are found first, choose whom you meet, and have a badge.
subscribe-offer = ⭐ Your subscription: Telegram renews it every 30 days until you end it in Telegram's settings, My Stars.
payment-terms =
    📜 **Before your first purchase**

    VIP begins at once. It is for your account only and cannot be turned into money. Questions and refunds: /paysupport, never Telegram's own support, which cannot help with it. The rules of this place are in /terms.

    Buy Stars first if you are short of them, then pay.
accept-terms = Accept and go on ✅

vip-active = ⭐ **Thank you! You are VIP** until { $until }.
vip-renewed = ⭐ Your VIP was renewed until { $until }.
vip-ends-soon = ⭐ Your VIP ends on { $until }. /vip keeps it going.
vip-ended = Your VIP has ended. Your wishes are kept and come back with it: /vip
gift-choose-partner = 🎁 What shall your partner get? Both of you stay anonymous.
gift-choose-link = 🎁 What shall the link be good for? Whoever opens it first gets it.
gift-given = 🎁 Your gift has arrived. Thank you!
gift-received = 🎁 **A gift from your partner:** you are VIP until { $until }.
gift-link = 🎁 Your gift is ready. Whoever opens this link first becomes VIP: { $link }
gift-no-partner = This gift has nobody to go to: there is no such partner any more.
gift-link-unknown = This gift link is not valid.
gift-link-used = This gift was opened already.
trial-started = 🎁 Enjoy: you are VIP until { $until }.
trial-used = You have had your trial already.
promo-how = Send the code with the command, like this: /promo CODE
promo-unknown = This code is not valid, or not any more.
promo-used = You have used this code already.
code-redeemed =
    🎁 You are VIP for { $days ->
        [one] one more day
       *[other] { $days } more days
    }. /vip shows until when.
payment-refunded =
    ↩️ { $stars ->
        [one] One Star was
       *[other] { $stars } Stars were
    } refunded to you. What you had not used of it is taken back.
subscription-cancelled = Your subscription is cancelled. You stay VIP until { $until }.
subscription-failed = ⚠️ Your subscription could not be renewed: your balance of Stars was too low. You stay VIP until { $until }. Buy Stars, and renew it in Telegram's settings.
subscription-restored = ⭐ Your subscription goes on.

wishes = 💫 **Whom do you want to meet?** Press to choose; the more you choose, the sooner somebody is found.
# $chosen is 1 for what is wished, otherwise 0.
chosen-mark =
    { $chosen ->
        [1] ✅{ " " }
       *[other] ▫️{ " " }
    }
wish-gender-male = { chosen-mark }{ gender-male }
wish-gender-female = { chosen-mark }{ gender-female }
wish-gender-other = { chosen-mark }{ gender-other }
wish-band = { chosen-mark }{ band-name }
wishes-any = Anybody

paysupport-ask =
    💬 What is your question about a payment? Write it in one message, and a human reads it. Telegram's own support cannot help with what is bought here.

    Short of Stars? Buy Stars first, then pay.
paysupport-text-only = 💬 Please write your question as a text.
paysupport-how =
    💬 Questions about a payment: send them with the command, like this: /paysupport I paid and got nothing

    Short of Stars? Buy Stars first, then pay.
paysupport-ticket = 💬 Thank you. Your question has the number { $number }; we answer here.

# The operators' chat.
control-ticket =
    💬 **Question { $number }** about a payment, from user { $user } at { $bot }:

    { $question }

    { $payments ->
        [0] No payments.
       *[other] Last payments:
    }
    { $charges }
control-ticket-gone = 💬 Question { $number } is no longer in the records.
control-unknown-payload =
    ⚠️ A charge that nothing is known of: nothing was granted. User { $user } at { $bot }.
    { $charge }
control-second-charge =
    ⚠️ An order was charged again, and granted again. User { $user } at { $bot }.
    { $charge }
control-difference = ⚠️ Bot { $bot }: Telegram has { $stars } Stars against the ledger.
control-not-compared = ⚠️ Bot { $bot }: its Stars at Telegram were not compared with the ledger for { $hours } hours.
control-refund =
    ↩️ Refund of user { $user } at { $bot }: { $outcome }.
    { $charge }
control-refund-button = ↩️ Refund { $stars } ⭐ of { $day }
control-admins-only = Only admins may do this.
control-asked = Asked for. The outcome follows here.
control-outcome = This refund was asked for before: { $outcome }.

# Why a payment is refused, before anything is charged. Telegram shows these in a small window.
pay-unknown = This offer is no longer valid. Please open /vip and choose again.
pay-others = This offer was made for somebody else. Open /vip for yours.
pay-price = The price has changed. Please open /vip and choose again.
pay-paid = This was paid already. Open /vip to see it.
pay-expired = This offer has expired. Please open /vip and choose again.
pay-twice = A payment for this is under way. Please wait a moment.
pay-not-sold = This is no longer sold. Please open /vip and choose again.
pay-off = This is not available at the moment.
pay-banned = You are banned, so nothing can be bought.
pay-terms = Please accept the terms first: open /vip and choose again.
pay-in-chat = You can buy VIP when you are not in a chat. Nothing was charged.
pay-subscribed = You have a subscription already. Nothing was charged.
pay-doubt = We cannot take payments right now. Nothing was charged; please try again in a minute.

### Other answers

unknown-command = I do not know this command. /help shows what I can do.
edit-when-idle = You can change your profile when you are neither searching nor chatting.
old-button = This button is no longer in use.
banned = ⛔ You are banned from this service.
banned-until = ⛔ You are banned until { $date }.
try-again = Something went wrong on our side. Nothing is lost; please try again.
stores-down = 🛠 We have trouble right now and could not do this. Please try again in a minute.
apology = 😕 Sorry, something went wrong on our side. Please try again.

# What each command does: in the help, and in the bot's list of commands.
command-line = /{ $command } – { $what }
command-find = look for a partner
command-next = leave and look for another one
command-stop = leave the chat, or stop searching
command-profile = your gender and age
command-privacy = what is kept about you
command-terms = the rules
command-help = what I can do
command-vip = VIP: what it is, plans, gifts
command-promo = redeem a code
command-paysupport = questions about a payment

help = **How it works**
    Press **{ menu-find }** and I look for a stranger to talk to. What you write goes to your partner, and back, without names.

    { $commands }

    Be kind, and never send anything that tells who or where you are.
privacy = **Privacy**
    Your partner sees your gender and an age range. Never your name, username, phone number or id.

    We keep your Telegram id, language, gender and age, and a record of when chats began and ended. The texts of your messages are passed on and not kept.
terms = **Terms**
    Be respectful. No harassment, no threats, no spam, no selling, nothing illegal, and nothing sexual with or about minors.

    People under 18 only meet people under 18. Whoever breaks the rules is banned.

    ⭐ **What is bought here**
    VIP is paid in Telegram Stars, nothing else. It begins at once, is for your account or whom you give it to, and cannot be turned into money, sold or passed on. A subscription is renewed every 30 days until you end it in Telegram's settings, My Stars. A refund gives the Stars back and takes what was not used.

    Questions and refunds: /paysupport. Telegram's own support cannot help with what is bought here.

    Before you buy anything you accept these terms.
terms-accept = Accept ✅
terms-accepted = ✅ You have accepted the terms. /vip shows what there is.

### What may tell who somebody is

held-contacts = 🕵 This has a contact, or the name of another service: it may tell who you are. It waits until you choose; anything else that you write is passed on.
held-name = 🕵 The name of this file has your own name in it: your partner would read it. It waits until you choose.
held-details = 📎 Files keep what your camera wrote into them, often the place. Send it as a photo or video instead? It waits until you choose.
held-send = Send
held-send-file = Send the file
held-drop = Do not
held-sent = ✅ You chose to send it.
held-dropped = 🚫 It was not sent.
held-gone = This does not wait any more. What was not sent is not kept: send it again if you still want to.
held-answered = You have chosen already.
held-full = ✋ Many of your messages wait for your answer to the question above, so this one was not passed on. Please choose first.
refuse-contacts = Contacts cannot be sent here. Your message was not passed on.
refuse-contacts-minor = Contacts cannot be sent in chats of people under 18. Your message was not passed on.
refuse-links = Links cannot be sent here. Your message was not passed on.
refuse-links-minor = Links cannot be sent in chats of people under 18. Your message was not passed on.
refuse-links-vip = Links can be sent by VIPs only. Your message was not passed on.
refuse-links-too-long = With its links written out, your message is too long. It was not passed on.
refuse-program = Programs cannot be sent: they may harm your partner's device. Your file was not passed on.
refuse-details-kind = What a camera or program wrote into this kind of file cannot be taken out, so it was not passed on. Send it as a photo or video instead.
refuse-details-size = This file is too large to take out what a camera wrote into it, so it was not passed on. Send it as a photo or video instead.
