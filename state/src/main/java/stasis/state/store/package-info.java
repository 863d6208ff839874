/** Where the files of an image are: a directory here, passed descriptors elsewhere. */
@org.jspecify.annotations.NullMarked
package stasis.state.store;
