//! Known answers: exact formulas and named approximations of queueing theory, independent of the
//! engine. Read by reports and tests only.
