# cmake -DSOURCE=DIR -DOUTPUT=FILE.h -P EmbedPage.cmake
#
# Puts DIR/page.html, page.css and the scripts together and writes the page as C: what stands before the report's data, and
# what stands after it. The page's Content-Security-Policy gets the hashes of style and script (CSP 3, 2.3.1), so a
# browser runs these and nothing else. Bytes, not string literals: ISO C promises 4095 characters for those.
cmake_minimum_required(VERSION 3.25)

# SHA-256 as the policy wants it: base64 (RFC 4648, 4) of the 32 bytes, which are 42 characters, a 43rd and one '='.
function(policy_hash text result)
	string(SHA256 hex "${text}")
	set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
	string(APPEND hex "00") # up to a multiple of three bytes
	set(base64 "")
	foreach(at RANGE 0 65 3) # three hexadecimal digits are two characters
		string(SUBSTRING "${hex}" ${at} 3 digits)
		math(EXPR high "0x${digits} >> 6")
		math(EXPR low "0x${digits} & 63")
		string(SUBSTRING "${alphabet}" ${high} 1 high)
		string(SUBSTRING "${alphabet}" ${low} 1 low)
		string(APPEND base64 "${high}${low}")
	endforeach()
	string(SUBSTRING "${base64}" 0 43 base64)
	set(${result} "sha256-${base64}=" PARENT_SCOPE)
endfunction()

# The text as the initialiser of an array.
function(as_bytes text result)
	string(HEX "${text}" hex)
	string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
	string(REPLACE "0x0a," "0x0a,\n" bytes "${bytes}") # a line of the page on a line
	set(${result} "${bytes}" PARENT_SCOPE)
endfunction()

file(READ "${SOURCE}/page.html" page)
file(READ "${SOURCE}/page.css" style)
set(script "")
foreach(part IN ITEMS elements state findings coverage map map_view page)
	file(READ "${SOURCE}/${part}.js" text)
	string(APPEND script "${text}")
endforeach()
policy_hash("${style}" STYLE_HASH)
policy_hash("${script}" SCRIPT_HASH)
string(REPLACE "@STYLE_HASH@" "${STYLE_HASH}" page "${page}")
string(REPLACE "@SCRIPT_HASH@" "${SCRIPT_HASH}" page "${page}")
string(REPLACE "@STYLE@" "${style}" page "${page}")
string(REPLACE "@SCRIPT@" "${script}" page "${page}")

string(FIND "${page}" "@DATA@" at)
if(at EQUAL -1)
	message(FATAL_ERROR "${SOURCE}/page.html has no @DATA@")
endif()
string(SUBSTRING "${page}" 0 ${at} before)
math(EXPR at "${at} + 6")
string(SUBSTRING "${page}" ${at} -1 after)
as_bytes("${before}" before)
as_bytes("${after}" after)
file(WRITE "${OUTPUT}" "/* Made by cmake/EmbedPage.cmake from ${SOURCE}. */
static const unsigned char html_page_before_data[] = {
${before}
};
static const unsigned char html_page_after_data[] = {
${after}
};
")
