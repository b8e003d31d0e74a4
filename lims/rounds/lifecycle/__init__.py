"""The pure life cycle of a comparison round: states, moves, gates, participants, codes."""
