"""Rulebook, task kinds: the steps of tasks.toml that the program itself asks for by name. A test holds that each is there."""

APPROVE_EMPLOYEES = "approve_employees"
CHOOSE_BAMS = "choose_bams"
CONFIRM_IN_PORTAL = "confirm_in_portal"
EXPLAIN_STATEMENT_GAP = "explain_statement_gap"
FIX_RM_PROFILE = "fix_rm_profile"
POST_AGREEMENT = "post_agreement"
READ_REQUIREMENT = "read_requirement"  # its answer is CBSA's own figure: all about security starts with it
REVIEW_USERS = "review_users"
