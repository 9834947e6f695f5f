/* One sign before a line that says how it stands; plain letters where the terminal's locale has none. */
#pragma once

typedef enum { DMIG_SIGN_GOOD, DMIG_SIGN_NOTE, DMIG_SIGN_WARNING, DMIG_SIGN_BAD } DmigSign;

/* One column wide. Static. */
const char *dmig_sign(DmigSign sign);
/* Before what could be done. Static. */
const char *dmig_sign_arrow(void);
