@org.jspecify.annotations.NullMarked
package stasis.gofer.protocol;
