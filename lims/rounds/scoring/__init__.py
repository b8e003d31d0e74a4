"""The pure scoring of a comparison round: plan in, round score out."""
