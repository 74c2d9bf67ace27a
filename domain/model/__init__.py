"""Values that the rules speak about: people, chats, content, what comes in and what goes out."""
