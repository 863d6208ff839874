@org.jspecify.annotations.NullMarked
package stasis.gofer.client;
