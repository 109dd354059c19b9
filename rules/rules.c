#include "rule.h"

#define RULE(name) extern const struct rule rule_##name;
#include "rules.def"
#undef RULE

const struct rule *const all_rules[] = {
#define RULE(name) &rule_##name,
#include "rules.def"
#undef RULE
    NULL,
};
