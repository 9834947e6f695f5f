/* libgit2, which is loaded when a store is first opened: with it come TLS, SSH and Kerberos, which
 * dmig never uses and whatever needs no store should not wait for.
 *
 * A function of libgit2 that the store uses stands in both lists. One that is missing in the second
 * does not link, one that is missing in the first does not compile. */
#pragma once

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>

#include "core/base/error.h"

/* clang-format off */
#define DMIG_LIBGIT2_FUNCTIONS(X)                                                                  \
  X(blob_create_from_buffer)                                                                       \
  X(blob_free)                                                                                     \
  X(blob_lookup)                                                                                   \
  X(blob_rawcontent)                                                                               \
  X(blob_rawsize)                                                                                  \
  X(buf_dispose)                                                                                   \
  X(commit_author)                                                                                 \
  X(commit_create)                                                                                 \
  X(commit_free)                                                                                   \
  X(commit_id)                                                                                     \
  X(commit_lookup)                                                                                 \
  X(commit_message)                                                                                \
  X(commit_message_encoding)                                                                       \
  X(commit_parent_id)                                                                              \
  X(commit_parentcount)                                                                            \
  X(commit_summary)                                                                                \
  X(commit_tree)                                                                                   \
  X(commit_tree_id)                                                                                \
  X(config_add_file_ondisk)                                                                        \
  X(config_delete_entry)                                                                           \
  X(config_entry_free)                                                                             \
  X(config_find_system)                                                                            \
  X(config_free)                                                                                   \
  X(config_get_entry)                                                                              \
  X(config_iterator_free)                                                                          \
  X(config_iterator_new)                                                                           \
  X(config_multivar_iterator_new)                                                                  \
  X(config_new)                                                                                    \
  X(config_next)                                                                                   \
  X(config_open_level)                                                                             \
  X(config_set_bool)                                                                               \
  X(config_set_int32)                                                                              \
  X(config_set_string)                                                                             \
  X(error_clear)                                                                                   \
  X(error_last)                                                                                    \
  X(error_set_str)                                                                                 \
  X(libgit2_init)                                                                                  \
  X(libgit2_opts)                                                                                  \
  X(merge_base)                                                                                    \
  X(message_prettify)                                                                              \
  X(note_free)                                                                                     \
  X(note_message)                                                                                  \
  X(note_read)                                                                                     \
  X(object_free)                                                                                   \
  X(object_id)                                                                                     \
  X(object_lookup)                                                                                 \
  X(object_peel)                                                                                   \
  X(object_type)                                                                                   \
  X(odb_add_backend)                                                                               \
  X(odb_backend_data_alloc)                                                                        \
  X(odb_backend_data_free)                                                                         \
  X(odb_exists_prefix)                                                                             \
  X(odb_foreach)                                                                                   \
  X(odb_free)                                                                                      \
  X(odb_hash)                                                                                      \
  X(odb_write)                                                                                     \
  X(oid_equal)                                                                                     \
  X(oid_fromstr)                                                                                   \
  X(oid_fromstrn)                                                                                  \
  X(oid_tostr)                                                                                     \
  X(reference_free)                                                                                \
  X(reference_is_branch)                                                                           \
  X(reference_is_note)                                                                             \
  X(reference_is_remote)                                                                           \
  X(reference_is_tag)                                                                              \
  X(reference_iterator_free)                                                                       \
  X(reference_iterator_new)                                                                        \
  X(reference_lookup)                                                                              \
  X(reference_name)                                                                                \
  X(reference_name_to_id)                                                                          \
  X(reference_next)                                                                                \
  X(reference_peel)                                                                                \
  X(reference_shorthand)                                                                           \
  X(reference_symbolic_target)                                                                     \
  X(repository_config)                                                                             \
  X(repository_discover)                                                                           \
  X(repository_free)                                                                               \
  X(repository_init_ext)                                                                           \
  X(repository_init_options_init)                                                                  \
  X(repository_odb)                                                                                \
  X(repository_open)                                                                               \
  X(repository_open_bare)                                                                          \
  X(repository_set_config)                                                                         \
  X(revparse_single)                                                                               \
  X(revwalk_free)                                                                                  \
  X(revwalk_new)                                                                                   \
  X(revwalk_next)                                                                                  \
  X(revwalk_push)                                                                                  \
  X(revwalk_sorting)                                                                               \
  X(signature_free)                                                                                \
  X(signature_new)                                                                                 \
  X(transaction_commit)                                                                            \
  X(transaction_free)                                                                              \
  X(transaction_lock_ref)                                                                          \
  X(transaction_new)                                                                               \
  X(transaction_set_target)                                                                        \
  X(tree_create_updated)                                                                           \
  X(tree_entry_byname)                                                                             \
  X(tree_entry_bypath)                                                                             \
  X(tree_entry_free)                                                                               \
  X(tree_entry_id)                                                                                 \
  X(tree_entry_name)                                                                               \
  X(tree_entry_type)                                                                               \
  X(tree_free)                                                                                     \
  X(tree_lookup)                                                                                   \
  X(tree_walk)
/* clang-format on */

typedef struct {
#define DMIG_LIBGIT2_POINTER(name) __typeof__(git_##name) *name;
  DMIG_LIBGIT2_FUNCTIONS(DMIG_LIBGIT2_POINTER)
#undef DMIG_LIBGIT2_POINTER
} DmigLibgit2;

extern DmigLibgit2 dmig_libgit2;

/* Called by dmig_git_start() only. DMIG_ERROR_FATAL. */
gboolean dmig_libgit2_load(GError **error);

#define git_blob_create_from_buffer dmig_libgit2.blob_create_from_buffer
#define git_blob_free dmig_libgit2.blob_free
#define git_blob_lookup dmig_libgit2.blob_lookup
#define git_blob_rawcontent dmig_libgit2.blob_rawcontent
#define git_blob_rawsize dmig_libgit2.blob_rawsize
#define git_buf_dispose dmig_libgit2.buf_dispose
#define git_commit_author dmig_libgit2.commit_author
#define git_commit_create dmig_libgit2.commit_create
#define git_commit_free dmig_libgit2.commit_free
#define git_commit_id dmig_libgit2.commit_id
#define git_commit_lookup dmig_libgit2.commit_lookup
#define git_commit_message dmig_libgit2.commit_message
#define git_commit_message_encoding dmig_libgit2.commit_message_encoding
#define git_commit_parent_id dmig_libgit2.commit_parent_id
#define git_commit_parentcount dmig_libgit2.commit_parentcount
#define git_commit_summary dmig_libgit2.commit_summary
#define git_commit_tree dmig_libgit2.commit_tree
#define git_commit_tree_id dmig_libgit2.commit_tree_id
#define git_config_add_file_ondisk dmig_libgit2.config_add_file_ondisk
#define git_config_delete_entry dmig_libgit2.config_delete_entry
#define git_config_entry_free dmig_libgit2.config_entry_free
#define git_config_find_system dmig_libgit2.config_find_system
#define git_config_free dmig_libgit2.config_free
#define git_config_get_entry dmig_libgit2.config_get_entry
#define git_config_iterator_free dmig_libgit2.config_iterator_free
#define git_config_iterator_new dmig_libgit2.config_iterator_new
#define git_config_multivar_iterator_new dmig_libgit2.config_multivar_iterator_new
#define git_config_new dmig_libgit2.config_new
#define git_config_next dmig_libgit2.config_next
#define git_config_open_level dmig_libgit2.config_open_level
#define git_config_set_bool dmig_libgit2.config_set_bool
#define git_config_set_int32 dmig_libgit2.config_set_int32
#define git_config_set_string dmig_libgit2.config_set_string
#define git_error_clear dmig_libgit2.error_clear
#define git_error_last dmig_libgit2.error_last
#define git_error_set_str dmig_libgit2.error_set_str
#define git_libgit2_init dmig_libgit2.libgit2_init
#define git_libgit2_opts dmig_libgit2.libgit2_opts
#define git_merge_base dmig_libgit2.merge_base
#define git_message_prettify dmig_libgit2.message_prettify
#define git_note_free dmig_libgit2.note_free
#define git_note_message dmig_libgit2.note_message
#define git_note_read dmig_libgit2.note_read
#define git_object_free dmig_libgit2.object_free
#define git_object_id dmig_libgit2.object_id
#define git_object_lookup dmig_libgit2.object_lookup
#define git_object_peel dmig_libgit2.object_peel
#define git_object_type dmig_libgit2.object_type
#define git_odb_add_backend dmig_libgit2.odb_add_backend
#define git_odb_backend_data_alloc dmig_libgit2.odb_backend_data_alloc
#define git_odb_backend_data_free dmig_libgit2.odb_backend_data_free
#define git_odb_exists_prefix dmig_libgit2.odb_exists_prefix
#define git_odb_foreach dmig_libgit2.odb_foreach
#define git_odb_free dmig_libgit2.odb_free
#define git_odb_hash dmig_libgit2.odb_hash
#define git_odb_write dmig_libgit2.odb_write
#define git_oid_equal dmig_libgit2.oid_equal
#define git_oid_fromstr dmig_libgit2.oid_fromstr
#define git_oid_fromstrn dmig_libgit2.oid_fromstrn
#define git_oid_tostr dmig_libgit2.oid_tostr
#define git_reference_free dmig_libgit2.reference_free
#define git_reference_is_branch dmig_libgit2.reference_is_branch
#define git_reference_is_note dmig_libgit2.reference_is_note
#define git_reference_is_remote dmig_libgit2.reference_is_remote
#define git_reference_is_tag dmig_libgit2.reference_is_tag
#define git_reference_iterator_free dmig_libgit2.reference_iterator_free
#define git_reference_iterator_new dmig_libgit2.reference_iterator_new
#define git_reference_lookup dmig_libgit2.reference_lookup
#define git_reference_name dmig_libgit2.reference_name
#define git_reference_name_to_id dmig_libgit2.reference_name_to_id
#define git_reference_next dmig_libgit2.reference_next
#define git_reference_peel dmig_libgit2.reference_peel
#define git_reference_shorthand dmig_libgit2.reference_shorthand
#define git_reference_symbolic_target dmig_libgit2.reference_symbolic_target
#define git_repository_config dmig_libgit2.repository_config
#define git_repository_discover dmig_libgit2.repository_discover
#define git_repository_free dmig_libgit2.repository_free
#define git_repository_init_ext dmig_libgit2.repository_init_ext
#define git_repository_init_options_init dmig_libgit2.repository_init_options_init
#define git_repository_odb dmig_libgit2.repository_odb
#define git_repository_open dmig_libgit2.repository_open
#define git_repository_open_bare dmig_libgit2.repository_open_bare
#define git_repository_set_config dmig_libgit2.repository_set_config
#define git_revparse_single dmig_libgit2.revparse_single
#define git_revwalk_free dmig_libgit2.revwalk_free
#define git_revwalk_new dmig_libgit2.revwalk_new
#define git_revwalk_next dmig_libgit2.revwalk_next
#define git_revwalk_push dmig_libgit2.revwalk_push
#define git_revwalk_sorting dmig_libgit2.revwalk_sorting
#define git_signature_free dmig_libgit2.signature_free
#define git_signature_new dmig_libgit2.signature_new
#define git_transaction_commit dmig_libgit2.transaction_commit
#define git_transaction_free dmig_libgit2.transaction_free
#define git_transaction_lock_ref dmig_libgit2.transaction_lock_ref
#define git_transaction_new dmig_libgit2.transaction_new
#define git_transaction_set_target dmig_libgit2.transaction_set_target
#define git_tree_create_updated dmig_libgit2.tree_create_updated
#define git_tree_entry_byname dmig_libgit2.tree_entry_byname
#define git_tree_entry_bypath dmig_libgit2.tree_entry_bypath
#define git_tree_entry_free dmig_libgit2.tree_entry_free
#define git_tree_entry_id dmig_libgit2.tree_entry_id
#define git_tree_entry_name dmig_libgit2.tree_entry_name
#define git_tree_entry_type dmig_libgit2.tree_entry_type
#define git_tree_free dmig_libgit2.tree_free
#define git_tree_lookup dmig_libgit2.tree_lookup
#define git_tree_walk dmig_libgit2.tree_walk
