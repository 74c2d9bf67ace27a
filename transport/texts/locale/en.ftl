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
