// The heap of the program: jemalloc where it is linked (the program itself; CMakeLists.txt), the C library's
// elsewhere (tests, sanitizers). A comment costs some hundred small allocations on the threads that judge it,
// and a good part of them is let go by others. Stores that grow to 75,000 comments, in turn: 213, 241 and 253
// us of the processor a submission with the C library's, 200, 222 and 242 with jemalloc, 194, 221 and 236
// with gperftools' tcmalloc, which keeps 13 MB more at rest.
#pragma once

namespace chaffinch {

// Gives the system back what is free at once; jemalloc does so by itself within a second. Takes milliseconds;
// for after a start.
void give_back_memory();

}  // namespace chaffinch
