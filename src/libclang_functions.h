/*
 * What asynclint uses of libclang: pointers that libclang_load() sets. Only src/libclang.c and src/walk*.c include
 * this.
 *
 * `clang.getCursorKind(cursor)` is what the library's documentation calls clang_getCursorKind(cursor). A function that
 * is not listed here is no member, so that the compiler tells what was forgotten.
 */
#ifndef ASYNCLINT_LIBCLANG_FUNCTIONS_H
#define ASYNCLINT_LIBCLANG_FUNCTIONS_H

#include "libclang.h"

#include <clang-c/Index.h>

#if CINDEX_VERSION_MINOR < 64
/* As the headers of libclang 17 and later declare it: a header does not tell which library is loaded. */
enum CXBinaryOperatorKind {
	CXBinaryOperator_Invalid,
	CXBinaryOperator_PtrMemD,
	CXBinaryOperator_PtrMemI,
	CXBinaryOperator_Mul,
	CXBinaryOperator_Div,
	CXBinaryOperator_Rem,
	CXBinaryOperator_Add,
	CXBinaryOperator_Sub,
	CXBinaryOperator_Shl,
	CXBinaryOperator_Shr,
	CXBinaryOperator_Cmp,
	CXBinaryOperator_LT,
	CXBinaryOperator_GT,
	CXBinaryOperator_LE,
	CXBinaryOperator_GE,
	CXBinaryOperator_EQ,
	CXBinaryOperator_NE,
	CXBinaryOperator_And,
	CXBinaryOperator_Xor,
	CXBinaryOperator_Or,
	CXBinaryOperator_LAnd,
	CXBinaryOperator_LOr,
	CXBinaryOperator_Assign,
	CXBinaryOperator_MulAssign,
	CXBinaryOperator_DivAssign,
	CXBinaryOperator_RemAssign,
	CXBinaryOperator_AddAssign,
	CXBinaryOperator_SubAssign,
	CXBinaryOperator_ShlAssign,
	CXBinaryOperator_ShrAssign,
	CXBinaryOperator_AndAssign,
	CXBinaryOperator_XorAssign,
	CXBinaryOperator_OrAssign,
	CXBinaryOperator_Comma,
};
CINDEX_LINKAGE enum CXBinaryOperatorKind clang_getCursorBinaryOperatorKind(CXCursor cursor);
enum CXUnaryOperatorKind {
	CXUnaryOperator_Invalid,
	CXUnaryOperator_PostInc,
	CXUnaryOperator_PostDec,
	CXUnaryOperator_PreInc,
	CXUnaryOperator_PreDec,
	CXUnaryOperator_AddrOf,
	CXUnaryOperator_Deref,
	CXUnaryOperator_Plus,
	CXUnaryOperator_Minus,
	CXUnaryOperator_Not,
	CXUnaryOperator_LNot,
	CXUnaryOperator_Real,
	CXUnaryOperator_Imag,
	CXUnaryOperator_Extension,
	CXUnaryOperator_Coawait,
};
CINDEX_LINKAGE enum CXUnaryOperatorKind clang_getCursorUnaryOperatorKind(CXCursor cursor);
struct CXIndexOptions;
CINDEX_LINKAGE CXIndex clang_createIndexWithOptions(const struct CXIndexOptions *options);
#endif

/* In every version that asynclint is built with. */
#define LIBCLANG_FUNCTIONS(X)           \
	X(Cursor_Evaluate)              \
	X(Cursor_getArgument)           \
	X(Cursor_getNumArguments)       \
	X(Cursor_getStorageClass)       \
	X(Cursor_getVarDeclInitializer) \
	X(Cursor_hasAttrs)              \
	X(Cursor_isAnonymousRecordDecl) \
	X(Cursor_isAnonymous)           \
	X(Cursor_isBitField)            \
	X(Cursor_isFunctionInlined)     \
	X(Cursor_isNull)                \
	X(Cursor_isVariadic)            \
	X(EvalResult_dispose)           \
	X(EvalResult_getAsLongLong)     \
	X(EvalResult_getKind)           \
	X(Location_isInSystemHeader)    \
	X(Type_getNamedType)            \
	X(Type_visitFields)             \
	X(createIndex)                  \
	X(defaultReparseOptions)        \
	X(disposeDiagnostic)            \
	X(disposeIndex)                 \
	X(disposeString)                \
	X(disposeTranslationUnit)       \
	X(equalCursors)                 \
	X(equalTypes)                   \
	X(getArrayElementType)          \
	X(getCString)                   \
	X(getCanonicalCursor)           \
	X(getCanonicalType)             \
	X(getClangVersion)              \
	X(getCursorDefinition)          \
	X(getCursorExtent)              \
	X(getCursorKind)                \
	X(getCursorLinkage)             \
	X(getCursorLocation)            \
	X(getCursorReferenced)          \
	X(getCursorSemanticParent)      \
	X(getCursorSpelling)            \
	X(getCursorTLSKind)             \
	X(getCursorType)                \
	X(getDiagnostic)                \
	X(getDiagnosticLocation)        \
	X(getDiagnosticSeverity)        \
	X(getDiagnosticSpelling)        \
	X(getEnumConstantDeclValue)     \
	X(getExpansionLocation)         \
	X(getFile)                      \
	X(getFileContents)              \
	X(getFileName)                  \
	X(getFileUniqueID)              \
	X(getInclusions)                \
	X(getLocationForOffset)         \
	X(getNullCursor)                \
	X(getNumDiagnostics)            \
	X(getPointeeType)               \
	X(getRangeEnd)                  \
	X(getRangeStart)                \
	X(getResultType)                \
	X(getTranslationUnitCursor)     \
	X(getTypeDeclaration)           \
	X(getTypeSpelling)              \
	X(getTypedefDeclUnderlyingType) \
	X(getTypedefName)               \
	X(isConstQualifiedType)         \
	X(isCursorDefinition)           \
	X(isExpression)                 \
	X(isStatement)                  \
	X(parseTranslationUnit2)        \
	X(reparseTranslationUnit)       \
	X(saveTranslationUnit)          \
	X(visitChildren)

/* From libclang 17 on; NULL in an older one. */
#define LIBCLANG_OPTIONAL_FUNCTIONS(X) \
	X(createIndexWithOptions)      \
	X(getCursorBinaryOperatorKind) \
	X(getCursorUnaryOperatorKind)

struct libclang {
#define LIBCLANG_FUNCTION(name) __typeof__(clang_##name) *name;
	LIBCLANG_FUNCTIONS(LIBCLANG_FUNCTION)
	LIBCLANG_OPTIONAL_FUNCTIONS(LIBCLANG_FUNCTION)
#undef LIBCLANG_FUNCTION
};

/* Good after libclang_load(). */
extern struct libclang clang;

#endif
