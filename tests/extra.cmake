# Tests that are not doctest programs. npm: they need node and the packages of tests/api and tests/browser (tests/run.sh
# installs them, and Chromium). Pictures of what the browser showed are in shots/ of the build folder.
add_test(NAME api_stories COMMAND node ${CMAKE_CURRENT_SOURCE_DIR}/api/run.mjs --program $<TARGET_FILE:chaffinch>)
set_tests_properties(api_stories PROPERTIES LABELS npm TIMEOUT 900)
# Clients and browsers have time limits of their own: nothing runs beside them.
add_test(NAME browser_stories COMMAND node ${CMAKE_CURRENT_SOURCE_DIR}/browser/run.mjs --program $<TARGET_FILE:chaffinch>
  --shots ${CMAKE_BINARY_DIR}/shots)
set_tests_properties(browser_stories PROPERTIES LABELS npm TIMEOUT 1800 RUN_SERIAL ON)
# Real clients of the Akismet protocol, from npm and Debian (tests/run.sh installs them).
add_test(NAME akismet_clients COMMAND node ${CMAKE_CURRENT_SOURCE_DIR}/akismet/run.mjs --program $<TARGET_FILE:chaffinch>)
set_tests_properties(akismet_clients PROPERTIES LABELS npm TIMEOUT 600 RUN_SERIAL ON)
