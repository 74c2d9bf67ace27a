"""The server's side of MTProto: connections, handshake, encryption, sessions."""
