"""The adversarial step: what it is given, what it computes, its losses and penalties."""
