# Finds libclang: find_package(Clang) fails where only libclang-N-dev is installed.
#
# Honours LLVM_ROOT (the prefix that has include/clang-c and lib). Without it the newest of the supported versions wins.
# Defines the target LibClang::Headers and LibClang_ROOT_DIR, LibClang_RESOURCE_DIR (the builtin headers), and what the
# program loads by itself: LibClang_LIBRARY (the file behind all links: the links may be part of a -dev package) and
# LibClang_SONAME.
set(_libclang_roots "")
if(LLVM_ROOT)
	set(_libclang_roots "${LLVM_ROOT}")
else()
	foreach(_version 22 19 16 14)
		list(APPEND _libclang_roots "/usr/lib/llvm-${_version}" "/usr/local/llvm-${_version}")
	endforeach()
endif()

set(LibClang_ROOT_DIR "")
foreach(_root IN LISTS _libclang_roots)
	if(EXISTS "${_root}/include/clang-c/Index.h")
		file(GLOB _libraries "${_root}/lib/libclang.so" "${_root}/lib/libclang-*.so" "${_root}/lib/libclang.dylib")
		if(_libraries)
			list(GET _libraries 0 LibClang_LIBRARY)
			if(EXISTS "${_root}/lib/libclang.so")
				set(LibClang_LIBRARY "${_root}/lib/libclang.so")
			endif()
			set(LibClang_ROOT_DIR "${_root}")
			break()
		endif()
	endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibClang REQUIRED_VARS LibClang_ROOT_DIR LibClang_LIBRARY
	REASON_FAILURE_MESSAGE "install libclang-19-dev, or give -DLLVM_ROOT=/path/to/llvm")

if(LibClang_FOUND AND NOT TARGET LibClang::Headers)
	file(REAL_PATH "${LibClang_LIBRARY}" LibClang_LIBRARY)
	cmake_path(GET LibClang_LIBRARY FILENAME LibClang_SONAME)
	if(CMAKE_READELF)
		execute_process(COMMAND "${CMAKE_READELF}" -d "${LibClang_LIBRARY}" OUTPUT_VARIABLE _dynamic ERROR_QUIET)
		if(_dynamic MATCHES "SONAME[^[]*\\[([^]]+)\\]")
			set(LibClang_SONAME "${CMAKE_MATCH_1}")
		endif()
	endif()
	file(GLOB LibClang_RESOURCE_DIR "${LibClang_ROOT_DIR}/lib/clang/*/include/stddef.h")
	if(LibClang_RESOURCE_DIR)
		list(GET LibClang_RESOURCE_DIR -1 LibClang_RESOURCE_DIR)
		cmake_path(GET LibClang_RESOURCE_DIR PARENT_PATH LibClang_RESOURCE_DIR)
		cmake_path(GET LibClang_RESOURCE_DIR PARENT_PATH LibClang_RESOURCE_DIR)
	else()
		message(FATAL_ERROR "${LibClang_ROOT_DIR}: clang's builtin headers (stddef.h) are missing; install libclang-common-N-dev")
	endif()
	add_library(LibClang::Headers INTERFACE IMPORTED)
	set_target_properties(LibClang::Headers PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${LibClang_ROOT_DIR}/include")
endif()
