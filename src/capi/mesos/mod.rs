//! Mesos: masters and roles.
// In the order of the header, as in the folder above.

mod info;

mod masters;

mod words;

mod role_options;

mod outputs;

mod leading;

mod role;

mod role_inputs;

mod role_hear;

mod observer;
