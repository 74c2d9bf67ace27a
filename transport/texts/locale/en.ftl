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
    Pictures of others: { $pictures ->
        [open] as they are sent
        [none] not at all
        [minor] not under 18
       *[veiled] covered until you agree
    }
    What you send: { $protected ->
        [1] cannot be forwarded or saved. /protect off allows it.
       *[other] can be forwarded and saved. /protect prevents it.
    }

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
menu-invite = 🤝 Invite friends
menu-cancel = ✖️ Cancel search
menu-next = ⏭ Next
menu-stop = ⏹ Stop
menu-report = 🚩 Report
menu-lock = 🔒 Lock chat
menu-hint = Press **{ menu-find }** to meet somebody.

### Commands, help and terms

# What each command does: in the help, and in the bot's list of commands.
command-line = /{ $command } – { $what }
command-find = look for a partner
command-next = leave and look for another one
command-stop = leave the chat, or stop searching
command-topic = get a question to talk about
command-names = exchange @names with your partner, if both agree
command-report = report your partner
command-block = never meet your partner again
command-blocks = whom you have blocked
command-profile = your gender, age, and how pictures come
command-protect = what you send cannot be forwarded or saved
command-lock = keep your partner in the chat for a while
command-vip = VIP: what it is, plans, gifts
command-credits = Credits: what you have, and packs
command-promo = redeem a code
command-invite = your link for friends, and what it brought
command-paysupport = questions about a payment
command-privacy = what is kept about you
command-export = a copy of your data
command-delete-me = delete your data
command-appeal = ask a person to look at your ban
command-terms = the rules
command-help = what I can do

help = **How it works**
    Press **{ menu-find }** and I look for a stranger to talk to. What you write goes to your partner, and back, without names.

    { $commands }

    Be kind, and never send anything that tells who or where you are.
help-chat = **Talking**
help-safety = **Safety**
help-profile = **You**
help-shop = **VIP, credits, friends**
help-data = **Your data and the rules**
terms = **Terms**
    Be respectful. No harassment, no threats, no spam, no selling, nothing illegal, and nothing sexual with or about minors.

    People under 18 only meet people under 18. Whoever breaks the rules is banned.

    ⭐ **What is bought here**
    VIP is paid in Telegram Stars, nothing else. It begins at once, is for your account or whom you give it to, and cannot be turned into money, sold or passed on. A subscription is renewed every 30 days until you end it in Telegram's settings, My Stars. A refund gives the Stars back and takes what was not used.

    Questions and refunds: /paysupport. Telegram's own support cannot help with what is bought here.

    Before you buy anything you accept these terms.
terms-accept = Accept ✅
terms-accepted = ✅ You have accepted the terms. /vip shows what there is.

### Searching

searching = 🔍 Looking for a partner… You will hear from me as soon as somebody is there.
searching-progress =
    🔍 Looking for a partner… { $minutes ->
        [0] { $seconds } s
       *[other] { $minutes } min { $seconds } s
    }{ $others ->
        [0] { "" }
        [1] { searching-a-few }
       *[other] { searching-more-than }
    }
# $others is 0 where nobody else is known to search, 1 for a few people, else a number that is exceeded.
searching-a-few =
    { "" }
    👥 A few people are searching.
searching-more-than =
    { "" }
    👥 More than { $others } people are searching.
widen-question = 🕰 Nobody who fits your wishes is here right now. Shall I look for anybody?
widen = Yes, anybody
widen-chosen = 🕰 You wished anybody.
widened = 🔍 Now looking for anybody.
already-searching = 🔍 You are already searching. A moment's patience!
wait-in-search = 🔍 Still searching: nobody reads along yet. Press **{ menu-cancel }** to stop.
search-over = 🔍 You have ended this search.
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
locked-elsewhere = 🔒 You are in a chat in @{ $bot }. It is locked for another { lock-time }; /report and /block always work there.
locked-elsewhere-unnamed = 🔒 You are in a chat in another of our bots. It is locked for another { lock-time }; /report and /block always work there.
chatting-elsewhere-unnamed = 💬 You are in a chat in another of our bots.
go-to-bot = Open that bot
you-left = 🚪 You left the chat.
stopped = 🚪 Done: you are neither searching nor in a chat.
partner-left = 🚪 Your partner left the chat.
partner-next = 🚪 Your partner left the chat and moved on.
partner-gone = 🚪 Your partner is gone. The chat has ended.
chat-ended-idle = 💤 Nobody wrote for a long time, so the chat has ended.
chat-ended-lost = 😕 The chat has ended: we lost the connection to your partner, sorry.
chat-ended-operator = 🛡 The people who run this bot have ended this chat. You are welcome to look for another partner.
bot-closed =
    🚪 This bot takes no new chats any more.{ $bots ->
        [none] { "" }
       *[some] { " " }Come to { $bots }: your profile is the same there.
    }
bot-removed-chat =
    🚪 This bot closes, so this chat has ended.{ $bots ->
        [none] { "" }
       *[some] { " " }Meet people in { $bots }: your profile is the same there.
    }
bot-removed-search =
    🚪 This bot closes, so your search has ended.{ $bots ->
        [none] { "" }
       *[some] { " " }Search in { $bots }: your profile is the same there.
    }
not-in-chat = You are not in a chat at the moment.

### Talking: questions, the last partner, names, opinions

topic-too-soon = 💡 Your chat has just got a question. Please wait half a minute for the next.
talking-again = 🔁 You are talking to your last partner again.

# Under the end of a chat.
afterwards = About the chat that has just ended:
talk-again = 🔁 Talk again?
again-noted = If your partner wishes it too within 10 minutes, you meet again.
again-in-chat = You are in another chat. Leave it first.
again-too-late = This is possible for 10 minutes after a chat. They are over.
rate-up = 👍
rate-down = 👎
rated = Thank you. Your opinion is counted, and your partner does not see it.
rated-already = You have rated this chat already.

names-adults = 🛡 Names are exchanged between adults only.
names-none = You have no @username yet. Set one in Telegram's settings, then try again.
names-asked = 🤝 I have asked your partner. Both names are shown at once if they agree within 2 minutes; yours is not shown otherwise.
names-waiting = 🤝 Your partner has been asked already and has 2 minutes to answer.
names-question =
    🤝 Your partner would like to exchange names. Yours is shown only if you agree too: then each of you sees the other's @username.

    No answer is needed if you do not want it. It is possible for 2 minutes.
names-agree = Yes, exchange names
names-shown = 🤝 You both agreed. Your partner is @{ $name }

# Questions to talk about: for strangers of any age, about nothing that tells who somebody is.
topic-1 = 💡 A question for both of you: What made you laugh most recently?
topic-2 = 💡 A question for both of you: Which film or series could you watch again and again?
topic-3 = 💡 A question for both of you: What would you do with one extra hour every day?
topic-4 = 💡 A question for both of you: Which song is stuck in your head these days?
topic-5 = 💡 A question for both of you: Sunrise or late night: when are you at your best?
topic-6 = 💡 A question for both of you: What is the best meal you have ever had?
topic-7 = 💡 A question for both of you: If you could learn one skill overnight, which one?
topic-8 = 💡 A question for both of you: Which animal would make the funniest president?
topic-9 = 💡 A question for both of you: What small thing makes a bad day better?
topic-10 = 💡 A question for both of you: Which book or story has stayed with you?
topic-11 = 💡 A question for both of you: Sea, mountains or a big city: where would you spend a free week?
topic-12 = 💡 A question for both of you: What did you dream of becoming when you were little?
topic-13 = 💡 A question for both of you: Which invention could you not live without, apart from your phone?
topic-14 = 💡 A question for both of you: What is a food that everybody likes and you do not?
topic-15 = 💡 A question for both of you: If animals could talk, which one would be the rudest?
topic-16 = 💡 A question for both of you: Which superpower would be of no use at all, and still fun?
topic-17 = 💡 A question for both of you: What is the most beautiful place you have ever seen in a picture?
topic-18 = 💡 A question for both of you: Which game could you play for hours?
topic-19 = 💡 A question for both of you: What do you know a surprising lot about?
topic-20 = 💡 A question for both of you: Would you rather travel to the past or to the future, and why?
topic-21 = 💡 A question for both of you: What is the best advice that you have ever heard?
topic-22 = 💡 A question for both of you: Which word do you like just for its sound?
topic-23 = 💡 A question for both of you: What would your perfect rainy Sunday be like?
topic-24 = 💡 A question for both of you: If your life were a film, which music would it begin with?
topic-25 = 💡 A question for both of you: What have you changed your mind about lately?
topic-26 = 💡 A question for both of you: Which smell brings back good memories?
topic-27 = 💡 A question for both of you: What is the strangest dream that you remember?
topic-28 = 💡 A question for both of you: If you opened a little shop, what would it sell?
topic-29 = 💡 A question for both of you: Which three things would you take to a desert island?
topic-30 = 💡 A question for both of you: What are you looking forward to?

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

### What may tell who somebody is

held-contacts = 🕵 This has a contact, or the name of another service: it may tell who you are. It waits until you choose; anything else that you write is passed on.
held-name = 🕵 The name of this file has your own name in it: your partner would read it. It waits until you choose.
held-details = 📎 Files keep what your camera wrote into them, often the place. Send it as a photo or video instead? It waits until you choose.
held-send = Send
held-send-file = Send the file
held-drop = Do not send
held-sent = ✅ You chose to send it.
held-dropped = 🚫 It was not sent.
held-gone = This does not wait any more. What was not sent is not kept: send it again if you still want to.
held-answered = You have chosen already.
held-full = ✋ Many of your messages wait for your answer to the question above, so this one was not passed on. Please choose first.
refuse-contacts = Contacts cannot be sent here. Your message was not passed on.
refuse-links = Links cannot be sent here. Your message was not passed on.
refuse-links-vip = Links can be sent by VIPs only. Your message was not passed on.
refuse-links-too-long = With its links written out, your message is too long. It was not passed on.
refuse-program = Programs cannot be sent: they may harm your partner's device. Your file was not passed on.
refuse-details-kind = What a camera or program wrote into this kind of file cannot be taken out, so it was not passed on. Send it as a photo or video instead.
refuse-details-size = This file is too large to take out what a camera wrote into it, so it was not passed on. Send it as a photo or video instead.

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

### Locks

# $minutes and $seconds are what is left of a lock.
lock-time =
    { $minutes ->
        [0] { $seconds } s
       *[other] { $seconds ->
            [0] { $minutes } min
           *[other] { $minutes } min { $seconds } s
        }
    }
credits-count =
    { $credits ->
        [one] 1 credit
       *[other] { $credits } credits
    }
lock-offer =
    🔒 **Keep this chat for a while**

    For how long? Until then your partner cannot leave with Stop or Next; you can. /report and /block always work, for both of you.

    You have { credits-count }.
lock-duration = { $minutes } min · { credits-count }
# $price is that of the lock. $packs is 0 where no credits are sold.
lock-short =
    🔒 You have { credits-count }, and this costs { $price }.{ $packs ->
        [0] { "" }
       *[other] { " " }These packs bring more:
    }
lock-receipt = 🔒 { $minutes } min for { credits-count }. /lock adds more time.
lock-set-mine = 🔒 **You have locked this chat** for { lock-time }. Your partner cannot leave before that; you can. /report and /block always work.
lock-set = 🔒 **Your partner has locked this chat** for { lock-time }. Until then you cannot leave with Stop or Next. /report and /block always work.
lock-extended-mine = 🔒 **You have locked this chat for longer:** another { lock-time } from now on. /report and /block always work.
lock-extended = 🔒 **Your partner has locked this chat for longer:** another { lock-time } from now on. /report and /block always work.
locked-in = 🔒 This chat is locked for another { lock-time }. /report and /block always work.
lock-ended-mine = 🔓 Your lock is over: your partner can leave now.
lock-ended = 🔓 Your partner's lock is over: you can leave now.
lock-back =
    🔓 The chat ended before your lock. { $minutes ->
        [one] One minute was
       *[other] { $minutes } minutes were
    } not used, and { $credits ->
        [one] 1 credit has
       *[other] { $credits } credits have
    } come back.
lock-voided = 🔒 Sorry, your lock of { $minutes } min does not hold: we had trouble on our side. What you paid is yours again: { credits-count }.
lock-not-in-chat = 🔒 This is for a chat: whoever pays keeps the partner there for a while. { menu-hint }
lock-off = 🔒 Nobody can do that here at the moment.
lock-minor = 🔒 This is for adults only.
lock-chat-over = 🔒 That chat is over. Nothing was paid.
lock-not-offered = 🔒 This is not offered any more. /lock shows what is.
lock-too-long = 🔒 You can keep a chat for { $longest } minutes ahead, not longer. Nothing was paid.
lock-void = 🔒 That did not work, and nothing was paid. Please send /lock once more.

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

invoice-vip-title =
    { $quantity ->
        [one] One day of VIP
       *[other] { $quantity } days of VIP
    }
invoice-vip-description =
    { $quantity ->
        [one] VIP for one day
       *[other] VIP for { $quantity } days
    }: you are found first, choose whom you meet, and have a badge.
invoice-credits-title =
    { $quantity ->
        [one] One credit
       *[other] { $quantity } credits
    }
invoice-credits-description =
    { $quantity ->
        [one] One credit
       *[other] { $quantity } credits
    } for your account here. Credits are not money and cannot be turned into any.
subscribe-offer = ⭐ Your subscription: Telegram renews it every 30 days until you end it in Telegram's settings, My Stars.
payment-terms =
    📜 **Before your first purchase**

    VIP begins at once, and credits are there at once. Both are for your account only and cannot be turned into money. Questions and refunds: /paysupport, never Telegram's own support, which cannot help with it. The rules of this place are in /terms.

    Buy Stars first if you are short of them, then pay.
accept-terms = Accept and go on ✅

# $history has a line for each of $entries entries. $sold is 1 where there are packs.
credits-state =
    🪙 **You have { $balance ->
        [one] one credit
       *[other] { $balance } credits
    }.**{ $entries ->
        [0] { "" }
       *[other] { credits-history }
    }{ $sold ->
        [0] { "" }
       *[other] { credits-offer }
    }
credits-history =
    { "" }

    What came and went, the newest first:
    { $history }
credits-offer =
    { "" }

    You can buy more:
credits-pack =
    { $credits ->
        [one] One credit
       *[other] { $credits } credits
    } · { $stars } ⭐
credits-bought =
    🪙 **Thank you!** { $credits ->
        [one] One credit is
       *[other] { $credits } credits are
    } yours; you have { $balance } now. /credits shows them.
credits-given =
    🪙 You were given { $credits ->
        [one] one credit
       *[other] { $credits } credits
    }. /credits shows what you have.

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
       *[other] ⬜{ " " }
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
# $hours is 0 for one that has come just now.
control-appeal =
    ⚖️ Appeal { $number } at bot { $bot } waits for an answer{ $hours ->
        [0] { "" }
       *[other] { " " }since { $hours } hours
    }. supervisor.py appeals show { $number }
control-review =
    🚨 Item { $number } of the review list goes first: { $rule }, user { $user } at bot { $bot }. Until you decide, the person may not search.
    supervisor.py reports review
control-refund-button = ↩️ Refund { $stars } ⭐ of { $day }
control-admins-only = Only admins may do this.
control-asked = Asked for. The outcome follows here.
control-outcome = This refund was asked for before: { $outcome }.

# Why a payment is refused, before anything is charged. Telegram shows these in a small window.
pay-unknown = This offer is no longer valid. Please open /vip or /credits and choose again.
pay-others = This offer was made for somebody else. Open /vip or /credits for yours.
pay-price = The price has changed. Please open /vip and choose again.
pay-paid = This was paid already. Open /vip or /credits to see it.
pay-expired = This offer has expired. Please open /vip or /credits and choose again.
pay-twice = A payment for this is under way. Please wait a moment.
pay-not-sold = This is no longer sold. Please open /vip or /credits and choose again.
pay-off = This is not available at the moment.
pay-banned = You are banned, so nothing can be bought.
pay-terms = Please accept the terms first: open /vip or /credits and choose again.
pay-in-chat = You can buy VIP when you are not in a chat. Nothing was charged.
pay-subscribed = You have a subscription already. Nothing was charged.
pay-doubt = We cannot take payments right now. Nothing was charged; please try again in a minute.

### Invitations

# $days, $credits and $commission are 0 where an invitation brings none.
invite = 🤝 **Invite friends**
    { $link }

    For each new person who comes by your link and completes the profile you get { $days ->
        [0] { $credits ->
            [0] our thanks
           *[other] { invite-credits }
        }
       *[other] { $credits ->
            [0] { invite-days }
           *[other] { invite-days } and { invite-credits }
        }
    }, for { $cap ->
        [one] one person
       *[other] up to { $cap } people
    } a day.{ $commission ->
        [0] { "" }
        [one] { " " }When they pay, you get one credit for each 100 ⭐.
       *[other] { " " }When they pay, you get { $commission } credits for each 100 ⭐.
    }

    Invited: **{ $invited }** · Rewarded: **{ $rewarded }** · Pending: **{ $pending }** · Rewards today: **{ $today } of { $cap }**

    Pending are those whose profile is not complete yet, or whom we look at first. Your link stays the same: whoever gets it from you twice knows that both are yours. A new link ends the old one.
invite-days = { $days ->
        [one] one day of VIP
       *[other] { $days } days of VIP
    }
invite-credits = { $credits ->
        [one] one credit
       *[other] { $credits } credits
    }
invite-share = 📨 Send it to a friend
invite-renew = 🔄 New link
invite-off = Invitations are not available at the moment.
invite-rewarded =
    🤝 Somebody came by your invitation. { $days ->
        [0] { $credits ->
            [0] Thank you!
           *[other] You get { invite-credits }.
        }
       *[other] { $credits ->
            [0] You get { invite-days }.
           *[other] You get { invite-days } and { invite-credits }.
        }
    } /invite shows your invitations.

### Your data

# `channel`, `judge` and `vip` are 1 where the configuration has them.
privacy = **Privacy**
    Your partner sees your gender and an age range. Never your name, username, phone number or id. Your voice, your face and how you write cannot be hidden.

    🚫 **Not kept:** what you write and send. It is passed on, and is gone from our machines once it has arrived.{ $channel ->
        [0] { "" }
       *[other] { " " }Pictures and other files for somebody at another of our bots pass through a channel of ours, where a copy stays and those who run this service can see it.
    }{ $judge ->
        [0] { "" }
       *[other] { " " }A program looks at pictures before they are passed on.
    }

    🚩 **Reported:** a report keeps the last messages of its chat, encrypted, for { $evidence } days at most, or { $grave } if it is about threats or minors. For that, earlier forms of edited messages are kept, encrypted, until { $minutes } minutes after a chat.

    🗄 **Kept:** your Telegram id, language, gender, age, wishes and blocks until you delete them; who chatted with whom and when, and who locked a chat, { $chats } days; who came by whose invitation, after a deletion by a code instead of your id; bans, until { $bans } days after they are over{ $vip ->
        [0] { "" }
       *[other] ; payments, as long as a refund or a dispute may come; questions about them, { $tickets } days
    }.

    /export sends you a copy of your data. /delete_me deletes it.
export-sent = 📦 This file is all that is kept about you. Nobody else's data is in it. You can have the next one in 24 hours.
export-again = 📦 You had a copy of your data within the last 24 hours. You can have the next one from { $day }, { $time } (UTC).
export-failed = 😕 Your file could not be sent. Please try /export again.
delete-ask = **Delete your data?**
    Your profile, wishes and blocks are deleted, and VIP and credits that are left are lost. A chat or a search ends, and a subscription is cancelled. This cannot be undone.

    What stays:
    • records of payments
    • a ban, if there is one
    • reports about you, with their evidence, and that your account is being looked at
    • whether you are 18 or older, for { $side } days, by a code instead of your id
    • that you invited somebody or were invited, by a code instead of your id
    • that others have blocked you

    You can answer within { $minutes } minutes. /export sends you a copy first.
delete-yes = 🗑 Delete my data
delete-no = Keep everything
delete-begun = 🗑 Your data is being deleted.
delete-not = Nothing was deleted.
delete-too-late = This question is no longer valid. Send /delete_me again.
data-deleted = 🗑 **Your data is deleted.** /start begins anew.

    What stays:{ $payments ->
        [0] { "" }
       *[other] { "" }
        • records of your payments, as long as a refund or a dispute may come
    }{ $ban ->
        [0] { "" }
        [1] { "" }
        • that you are banned until { $ban_until }, by a code instead of your id, until 180 days after it
       *[other] { "" }
        • that you are banned for good, by a code instead of your id
    }{ $age ->
        [0] { "" }
       *[other] { "" }
        • whether you are 18 or older, by a code instead of your id, until { $age_until }
    }{ $reports ->
        [0] { "" }
       *[other] { "" }
        • reports about you that were not rejected, for 180 days{ $evidence ->
            [0] { "" }
           *[other] , and the last messages that belong to them, encrypted, until { $evidence_until } at most
        }
    }{ $held ->
        [0] { "" }
       *[other] { "" }
        • that a person looks at your account before you can look for partners
    }{ $invitations ->
        [0] { "" }
       *[other] { "" }
        • that you invited somebody or were invited, by a code instead of your id, so that nobody counts twice
    }
    • that others have blocked you, if they have

### Reports and blocks

# $chatting is 1 where the chat still goes on.
report-ask =
    🚩 { $chatting ->
        [0] What was wrong with your last partner?
       *[other] What is wrong? Choosing a reason ends the chat at once.
    } The two of you will never meet again, and nobody is told who reported them.
reason-ads = Advertising
reason-insult = Insults, hate
reason-sexual = Unwanted sexual content
reason-fraud = Fraud, asks for money
reason-threat = Threats
reason-under-age = Under age, or sexual with a minor
reason-other = Something else
report-chosen = 🚩 You have reported your partner.
reported = 🚩 The chat has ended, and the two of you will never meet again. Your report is being passed on: its number follows.
# $number is the report's.
report-booked =
    🚩 Your report has the number **{ $number }**. The last messages of both of you go with it, encrypted, as far as Telegram still has them.

    What happens next: reports by different people add up, from a warning to a ban, and a human looks at the grave ones. There is nothing more that you need to do.
report-nobody = There is nobody you could report: I know of no chat of yours that has just ended.
report-too-late = It is too long ago that this chat ended. Please report somebody during the chat, or soon after it.
# $bot is such as @name_bot.
report-elsewhere = Your last chat was in { $bot }. Please report your partner there.

block-ask =
    🛡 { $chatting ->
        [0] Shall you and your last partner never meet again?
       *[other] Shall you and your partner never meet again? The chat ends at once.
    } You can lift it in /blocks.
block-confirm = Block 🛡
block-chosen = 🛡 You have blocked your partner.
blocked = 🛡 Done: the chat has ended, and the two of you will not meet again. You can lift that in /blocks.
block-nobody = There is nobody you could block: I know of no chat of yours that has just ended.
block-too-late = It is too long ago that this chat ended. You can block somebody during the chat, or soon after it.
block-elsewhere = Your last chat was in { $bot }. Please block your partner there.
blocks =
    🛡 { $count ->
        [one] You have blocked one person.
       *[other] You have blocked { $count } people.
    } Press a date to lift that block: then you may meet again.
blocks-none = 🛡 You have blocked nobody. During a chat, or soon after it, /block does it.
# $number is that of the line. $date is when somebody was blocked, such as 2031-05-17.
block-lift = { $number } · { $date }
blocks-newer = ◀️ Newer
blocks-older = Older ▶️
block-lifted = This block is lifted.

### Warnings and holds

# $reason is the value of a Reason of the reports.
warned =
    ⚠️ **A warning.** People you talked to have reported you for { $reason ->
        [ads] advertising
        [insult] insults
        [sexual] unwanted sexual messages
        [fraud] fraud
        [threat] threats
        [under_age] being too young for this service, or writing sexually to or about minors
       *[other] how you wrote to them
    }. Please read the rules: /terms. If this goes on, you will be banned for a while.
account-held = ⏳ Your account is being looked at by a person, because of a report or something unusual. Until that is done you cannot look for a partner. Everything else works, and you need not do anything.

### Bans and appeals

# The parts of a time in UTC.
moment = { $day } { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }, { $time } UTC
banned =
    ⛔ You are banned { $forever ->
        [1] for good
       *[0] until { moment }
    }.
    Why: { $reason ->
        [ads] advertising
        [insult] insults
        [sexual] unwanted sexual messages
        [fraud] fraud
        [threat] threats
        [under_age] you are too young for this service, or wrote sexually to or about minors
        [spam] spam
        [other] reports by the people you talked to
        [operator] { $note }
       *[unknown] breaking the rules (/terms)
    }{ $noted ->
        [1] . { $note }
       *[0] .
    }
    { $appeal ->
        [1] If you think that this is wrong, write why with /appeal: a person reads it.
       *[0] It ends by itself; you need not do anything.
    }
banned-press = ⛔ You are banned { $forever ->
        [1] for good
       *[0] until { moment }
    }. Write me a message to read why.
unbanned = ✅ Your ban was lifted. You can look for a partner again: /find
# $banned is 1 where a ban of them holds on.
released = ✅ A person has looked at your account, and all is well. { $banned ->
        [0] You can look for a partner again: /find
       *[other] Your ban lasts until its end.
    }
vip-granted = ⭐ You were given { $days ->
        [one] { $days } day
       *[other] { $days } days
    } of VIP. /vip shows what it is.
# A warning by an operator, not by what reports add up to.
operator-warning =
    ⚠️ **A warning from the people who run this bot.** It is about { $reason ->
        [ads] advertising
        [insult] insults
        [sexual] unwanted sexual messages
        [fraud] fraud
        [threat] threats
        [under_age] being too young for this service, or writing sexually to or about minors
        [spam] spam
       *[other] how you write to the people you meet
    }. Please read the rules: /terms. If this goes on, you will be banned.
# The operators' own words.
operator-message =
    📩 **From the people who run this bot**

    { $text }
appeal-ask = ⚖️ Why should your ban be lifted? Write it as one message of at most { $longest } characters. You can appeal once against each ban, and a person reads it.
appeal-how = ⚖️ Write it in one message: /appeal and then your text, at most { $longest } characters. Your partner does not see it.
appeal-text-only = ⚖️ Please write your appeal as a text.
appeal-too-long = ⚖️ Your text has { $length } characters, and an appeal may have { $longest }. Nothing was sent; please shorten it and write it again.
appeal-received = ⚖️ Thank you. A person reads your appeal, and the answer comes here.
appeal-no-ban = ⚖️ You are not banned, so there is nothing to appeal against.
appeal-short = ⚖️ Bans shorter than a day end by themselves and are not reviewed.
appeal-later = ⚖️ This ban ends by itself on { moment }. If you think that it was wrong, you can write why with /appeal after that.
appeal-already = ⚖️ You have appealed against this ban already. There is one appeal for each ban, and a person answers it here.
appeal-deleted = ⚖️ You have appealed against this ban already, and then had what you wrote deleted. There is one appeal for each ban.
appeal-accepted =
    ⚖️ Your appeal was accepted{ $holds ->
        [no] , and you are not banned any more. You can look for a partner again: /find
        [until] . You are banned until { moment } for another reason.
       *[forever] . You are banned for another reason.
    }

    { $answered ->
        [1] { $answer }
       *[0] We are sorry for the trouble.
    }
appeal-rejected =
    ⚖️ A person has read your appeal and rejected it. { $holds ->
        [no] Your ban is over.
        [until] You are banned until { moment }.
       *[forever] You are banned for good.
    }

    { $answered ->
        [1] { $answer }
       *[0] You can find the rules in /terms.
    }

### Minors

age-came-of-age = 🎂 By the age that you gave you are 18 by now. From now on you meet people of 18 and more.
vip-minor =
    ⭐ VIP is for people of 18 and more: it is not sold to you, and there is no trial.

    What somebody gave you stays yours, but it does not change whom you meet. Whom you meet cannot be chosen under 18.
pay-minor = Nothing is sold to people under 18. Nothing was charged.
wishes-minor = People under 18 cannot choose whom they meet: they meet other people under 18.
code-redeemed-minor =
    🎁 A gift of VIP: { $days ->
        [one] one day is
       *[other] { $days } days are
    } noted for you. It does not change whom you meet while you are under 18.
minors-media = 🙈 Not passed on: people under 18 send each other no photos, videos, voice messages or files here. Texts and stickers are fine.
minors-media-voice = 🙈 Not passed on: people under 18 send each other no photos, videos or files here. Texts, voice messages and stickers are fine.
minors-contacts =
    🛡 Not passed on: people under 18 do not exchange contacts or links here. That means names of accounts, phone numbers, addresses and other services. Please stay in this chat.

### Pictures, and what can be forwarded

pictures-veiled =
    🙈 Pictures and videos of this partner come covered: tap one to see it. Video notes wait until you agree.

    /profile has what you prefer in all chats.
pictures-agree = 👀 Show me everything from this partner
pictures-agreed = 👀 From now on you see everything that this partner sends.
choose-pictures-open = { chosen-mark }Pictures as they are sent
choose-pictures-veiled = { chosen-mark }Pictures covered until I agree
choose-pictures-none = { chosen-mark }No pictures
not-delivered-no-pictures = 🙈 Not delivered: your partner takes no pictures or videos. Please write instead.
not-delivered-picture-held = 🙈 Not delivered: this picture is not passed on here. Please write instead.
not-delivered-not-agreed = 🙈 Not delivered: your partner has not agreed to see this yet. They were asked; you can send it again once they agree.
protect-on = 🔒 From now on what you send cannot be forwarded or saved. Your partner is told. A picture of the screen is still possible.
protect-stop = Stop protecting
protect-off = 🔓 What you send from now on can be forwarded and saved again.
partner-protects = 🔒 Your partner has chosen that what they send cannot be forwarded or saved.

### Spam, floods, and whether somebody is a person

held-same-advert = 🛑 Not passed on: you have sent the same text to several people. Whoever goes on with adverts is banned for a while.
held-shared-contact = 🛑 Not passed on: several accounts are advertising this link or contact.
# $hours and $chats are what is missing until then, 0 for nothing.
held-newcomer =
    🛑 Not passed on: newcomers cannot send links, contacts or names of other services yet. You can after { $hours ->
        [0] { newcomer-chats }
        [one] one more hour{ newcomer-and-chats }
       *[other] { $hours } more hours{ newcomer-and-chats }
    }. Your other messages are passed on.
newcomer-and-chats =
    { $chats ->
        [0] { "" }
       *[other] { " " }and { newcomer-chats }
    }
newcomer-chats =
    { $chats ->
        [one] one more chat
       *[other] { $chats } more chats
    }
held-pictures = 🛑 Not passed on: that is a lot of pictures for several people. You can send pictures again in { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
slowed-down = 🐢 You have said the same to many people. You can meet somebody new in { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }.
human-check = 🤖 Before you search: are you a person? Please press the **{ $thing ->
        [cat] cat
        [dog] dog
        [fish] fish
        [bird] bird
        [horse] horse
        [pig] pig
        [frog] frog
        [bee] bee
        [tree] tree
        [apple] apple
        [lemon] lemon
        [bread] bread
        [egg] egg
        [cake] cake
        [house] house
        [car] car
        [train] train
        [ship] ship
        [key] key
        [book] book
        [clock] clock
        [umbrella] umbrella
        [ball] ball
       *[moon] moon
    }**. You have one minute and two tries.
human-button = { $emoji }
human-passed = ✅ Thank you. Now press **{ menu-find }**, or send /find.
human-wrong = That was another one. Please try again.
human-over = This took too long. Send /find for a new one.
human-wait = ⏳ That was not right. Please send /find again in { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.

### The panel

panel-login-question = 🔐 **Log in to the panel?**
    Asked { $seconds } s ago from { $browser }, { $address }.
    If that is you, press the number on that screen. If not, press Not me: nobody gets in then.
panel-act = 🔐 **Agree to this?**
    { $what }
    Asked from { $browser }, { $address }. If that is you, press the number on that screen.
panel-number = { $number }
panel-not-me = 🚫 Not me
panel-agreed = { $acts ->
        [0] ✅ You are let in: look at the screen. It goes on by itself.
       *[other] ✅ You have agreed: { $what }
    }
panel-denied = { $acts ->
        [0] 🚫 Nobody was let in. The owners are told. Never press a number that somebody tells you.
       *[other] 🚫 It is not done: { $what } The owners are told. If it was not you, end your sessions in the panel, under Admins.
    }
panel-question-over = This is over. Ask for a new code on the page.
panel-code-how = Send the code from the login page of the panel behind it: /admin_login ABCD EFGH
panel-wrong-code = This is no code that waits for you: it may be too old. Ask for a new one on the page. The next code is looked at in { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }.
panel-login = 🔓 You are logged in to the panel: { $browser }, { $address }. If that is not you, end this session in the panel, under Admins, at once.
panel-refused = ⚠️ { $name } was asked about { $acts ->
        [0] a log-in to the panel
       *[other] this in the panel: { $what }
    } from { $browser }, { $address }, and the answer was no. If nobody of you asked for it, somebody tries to get in.
control-login = 🔓 { $name } is logged in to the panel: { $browser }, { $address }.
control-refused = ⚠️ { $name } was asked about { $acts ->
        [0] a log-in to the panel
       *[other] this in the panel: { $what }
    } from { $browser }, { $address }, and the answer was no.

### Other answers

unknown-command = I do not know this command. /help shows what I can do.
edit-when-idle = You can change your profile when you are neither searching nor chatting.
old-button = This button is no longer in use.
try-again = Something went wrong on our side. Nothing is lost; please try again.
stores-down = 🛠 We have trouble right now and could not do this. Please try again in a minute.
apology = 😕 Sorry, something went wrong on our side. Please try again.
