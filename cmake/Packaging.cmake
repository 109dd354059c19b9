# What is installed beside the program and its data, and the Debian package that cpack makes of it all.
set(made "")

# Man pages need scdoc; without it all else is there.
find_program(SCDOC scdoc)
if(SCDOC)
	file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/man)
	foreach(page IN ITEMS asynclint asynclint-cc)
		set(source ${CMAKE_CURRENT_SOURCE_DIR}/docs/man/${page}.1.scd)
		set(output ${CMAKE_CURRENT_BINARY_DIR}/man/${page}.1.gz)
		add_custom_command(OUTPUT ${output} DEPENDS asynclint docs/man/page ${source} VERBATIM
			COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/docs/man/page $<TARGET_FILE:asynclint> ${PROJECT_VERSION} ${source} ${output})
		list(APPEND made ${output})
	endforeach()
	file(CREATE_LINK asynclint-cc.1.gz ${CMAKE_CURRENT_BINARY_DIR}/man/asynclint-ld.1.gz SYMBOLIC)
	install(FILES ${made} ${CMAKE_CURRENT_BINARY_DIR}/man/asynclint-ld.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
else()
	message(STATUS "no scdoc: man pages are not made")
endif()

# Completions, each where its shell looks for it.
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/completion)
foreach(shell IN ITEMS bash zsh fish)
	set(output ${CMAKE_CURRENT_BINARY_DIR}/completion/asynclint.${shell})
	add_custom_command(OUTPUT ${output} DEPENDS asynclint VERBATIM
		COMMAND $<TARGET_FILE:asynclint> completion ${shell} > ${output})
	list(APPEND made ${output})
endforeach()
add_custom_target(documents ALL DEPENDS ${made})
set(completion ${CMAKE_CURRENT_BINARY_DIR}/completion/asynclint)
install(FILES ${completion}.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME asynclint)
install(FILES ${completion}.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME asynclint.fish)
install(FILES ${completion}.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _asynclint)
# Documents, what CI copies, and what editors load. VS Code loads what is built from its folder, in a clone.
install(DIRECTORY integrations DESTINATION ${CMAKE_INSTALL_DATADIR}/asynclint PATTERN cmake EXCLUDE PATTERN vscode EXCLUDE)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)

# find_package(asynclint) of other projects. What is in it depends on no machine, so it lies where any of them looks.
include(CMakePackageConfigHelpers)
configure_package_config_file(integrations/cmake/asynclint-config.cmake.in asynclint-config.cmake
	INSTALL_DESTINATION lib/cmake/asynclint PATH_VARS CMAKE_INSTALL_BINDIR NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(asynclint-config-version.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/asynclint-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/asynclint-config-version.cmake
	DESTINATION lib/cmake/asynclint)

# What Debian has in places and forms of its own.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(CONFIGURE OUTPUT changelog @ONLY CONTENT "asynclint (@PROJECT_VERSION@) unstable; urgency=medium

  * What changed is in CHANGELOG.md.

 -- the asynclint authors <asynclint@users.noreply.github.com>  @date@
")
install(CODE "if(CMAKE_INSTALL_PREFIX STREQUAL \"/usr\" AND EXISTS /etc/debian_version)
	set(share \"\$ENV{DESTDIR}/usr/share\")
	file(RENAME \${share}/zsh/site-functions \${share}/zsh/vendor-completions)
	file(RENAME \${share}/doc/asynclint/LICENSE \${share}/doc/asynclint/copyright)
	file(COPY ${CMAKE_CURRENT_BINARY_DIR}/changelog DESTINATION \${share}/doc/asynclint)
	execute_process(COMMAND gzip -9nf \${share}/doc/asynclint/changelog COMMAND_ERROR_IS_FATAL ANY)
endif()")

# The package that owns a file, or "" where dpkg does not know it.
function(package_of file result)
	file(REAL_PATH "${file}" file)
	execute_process(COMMAND dpkg-query -S "${file}" OUTPUT_VARIABLE owner ERROR_QUIET RESULT_VARIABLE status)
	string(REGEX REPLACE ":.*" "" owner "${owner}")
	if(NOT status EQUAL 0)
		set(owner "")
	endif()
	set(${result} "${owner}" PARENT_SCOPE)
endfunction()

# libclang is loaded by the program itself, and clang's own headers are files that it reads: no linker knows of them.
package_of("${LibClang_LIBRARY}" libclang_package)
package_of("${LibClang_RESOURCE_DIR}/include/stddef.h" headers_package)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ${libclang_package} ${headers_package})
list(JOIN CPACK_DEBIAN_PACKAGE_DEPENDS ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_CONTACT "the asynclint authors <asynclint@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "linter for async boundaries in C")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "asynclint reads whole C programs that run on an event loop (libuv, GLib,
libevent, libev, sd-event, or one made by hand) and finds where blocking and
asynchronous code are mixed up: callbacks that stop the loop, functions that
run a loop in secret, interfaces with two modes.")
set(CPACK_DEBIAN_PACKAGE_HOMEPAGE "${ASYNCLINT_HOMEPAGE}")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS libc6-dev) # the headers of about every program
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "cmake, pre-commit")
include(CPack)
