#include "lab/base/json.h"

ECHOLAB_JSON_TEMPLATES()
