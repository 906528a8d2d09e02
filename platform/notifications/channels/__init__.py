"""The carriers: each module turns an outgoing message into bytes on a wire, and registers itself."""
